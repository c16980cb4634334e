// A gap: a time from which messages of a connection may be missing.

/** A stretch of time, in milliseconds since the epoch, in which messages may have been lost. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}
