// The argument that every client of this folder takes beside its own: an AbortSignal.

export interface Abort {
  readonly signal?: AbortSignal | undefined;
}
