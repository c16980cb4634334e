// A group of measurements.
import type { Bench } from "./bench";
import type { Measurement } from "./measurement";

/** Measurements that are made together. */
export interface Group {
  /** The first part of its measurements' names. */
  readonly name: string;
  /** For whoever waits. */
  readonly title: string;
  /** Makes the measurements. @throws Error where one cannot be made; a missed goal is no error. */
  measure(bench: Bench): Promise<Measurement[]>;
}
