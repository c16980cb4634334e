// Measurements for people (a table) and for programs (one JSON object).
import { entry, type Entry, type Measurement } from "./measurement";

const columns = ["name", "ours", "peer", "raw ws", "unit", "ratio", "goal", ""] as const;

/** A table of all measurements, one line each. */
export function table(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => row(measurement.name, entry(measurement)));
  const all = [[...columns], ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  return all.map((cells) => line(cells).trimEnd()).join("\n");
}

/** One JSON object, by name. */
export function json(measurements: readonly Measurement[]): string {
  return JSON.stringify(Object.fromEntries(measurements.map((each) => [each.name, entry(each)])));
}

function row(name: string, { ours, peer, raw, unit, ratio, goal, goalKind, met }: Entry): string[] {
  const met_ = met === undefined ? "" : met ? "met" : "MISSED";
  return [name, `${ours}`, number(peer), number(raw), unit, number(ratio), goalText(goal, goalKind), met_];
}

function number(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : `${value}`;
}

function goalText(goal: number | undefined, kind: Entry["goalKind"]): string {
  if (goal === undefined || kind === undefined) return "–";
  const text = { ofPeer: `≤ ${goal} × peer`, ofRaw: `≤ ${goal} × raw`, ours: `≤ ${goal}`, atLeast: `≥ ${goal}` };
  return text[kind];
}
