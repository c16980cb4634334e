// A gap in what a connection has received.

/** A stretch of time, in milliseconds since the epoch, in which messages may have been lost. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}
