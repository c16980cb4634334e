// What a contestant's process can be asked for, and how that is carried over Node's ipc channel.

/** A running kernel, and how to reach it. */
export interface KernelPlace {
  /** The Jupyter server, with trailing slash. */
  readonly baseUrl: string;
  /** Where its websockets are, if elsewhere. */
  readonly wsUrl?: string;
  readonly token: string;
  readonly kernelId: string;
}

/** What running one piece of code cost. */
export interface RunCost {
  /** Milliseconds from asking to reply and idle. */
  readonly ms: number;
  /** Milliseconds of CPU, of all threads of the process. */
  readonly cpu: number;
  /** Stream messages received. */
  readonly messages: number;
  /** Lines in their text. */
  readonly lines: number;
}

/** The operations of every contestant. */
export interface Operations {
  /** Connects to a kernel and waits until it can be used. */
  connect(place: KernelPlace): Promise<void>;
  /** Runs code `times` times, one after the other; milliseconds each, from asking to reply and idle. */
  execute(argument: { readonly code: string; readonly times: number }): Promise<number[]>;
  /** Asks for completions at the end of `code`; as `execute`. */
  complete(argument: { readonly code: string; readonly times: number }): Promise<number[]>;
  /** Runs code and says what it cost. */
  run(code: string): Promise<RunCost>;
  /** Runs code; by how many bytes the heap has grown after garbage collection, at most, while that ran or at its end. */
  heapGrowth(code: string): Promise<number>;
  /** Runs code; milliseconds from asking until its display_data is handed over. */
  display(code: string): Promise<number>;
  /** Makes a manager of all services and learns what the server has; keeps that fresh as if it were shown, or as if not. */
  manage(argument: { readonly place: KernelPlace; readonly visible: boolean }): Promise<void>;
  /** HTTP requests so far. */
  requests(argument: null): Promise<number>;
  /** Bytes so far of the answers that websockets owe to the server's pings. */
  pongBytes(argument: null): Promise<number>;
  /** Ends the kernel's connection. */
  close(argument: null): Promise<void>;
}

/** One call, and its answer. */
export interface Call {
  readonly id: number;
  readonly name: keyof Operations;
  readonly argument: never;
}
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}
