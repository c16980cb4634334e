// What every small client of this folder takes beside its own arguments.

export interface Abort {
  readonly signal?: AbortSignal | undefined;
}
