// What the tests of weaknesses ask of a client of a Jupyter server: as little as serves ours and the peer alike.

/** A server as a client is told of it. */
export interface Place {
  /** With trailing slash. */
  readonly baseUrl: string;
  /** Asked for each request and each websocket. */
  readonly token: () => string;
  /** Milliseconds after which ours, which can be told, takes a silent connection for dead; people's unless given. */
  readonly liveness?: number;
  /** Called with the address of each websocket that is opened. */
  readonly opened?: (url: string) => void;
  /** An HTTP answer is handed over when this has resolved. */
  readonly answered?: (method: string, path: string) => Promise<void>;
}

/** One cell that was sent. */
export interface Cell {
  /** The request's id. */
  readonly id: string;
  /** How it ended: the reply's status, or the error's code or message. It never rejects. */
  readonly end: Promise<string>;
}

/** A message that has come, before anything is done with it. */
export interface Seen {
  readonly channel: string;
  readonly type: string;
  /** The id of the request that it answers. */
  readonly parent: string | undefined;
  readonly state: unknown;
}

/** A connection to a kernel. */
export interface PeerKernel {
  readonly status: string;
  readonly connection: string;
  readonly isDisposed: boolean;
  readonly info: Promise<unknown>;
  /** @throws Error where it cannot be sent */
  run(code: string, onOutput?: (type: string) => unknown): Cell;
  /** Calls `listener` with every message that comes. */
  onSeen(listener: (message: Seen) => void): void;
  /** Calls `listener` when `status` or `connection` has changed. */
  onChange(listener: () => void): void;
  /** Opens a comm with these buffers; the buffers of the kernel's first message to it. */
  mirror(target: string, buffers: readonly Uint8Array[]): Promise<number[][]>;
  restart(): Promise<void>;
  reconnect(): Promise<void>;
  dispose(): void;
}

/** What knows the kernels of a server. */
export interface PeerManager {
  ready(): Promise<unknown>;
  refresh(): Promise<unknown>;
}
export interface PeerKernels extends PeerManager {
  startNew(): Promise<PeerKernel>;
}

/** One of the two that are compared. */
export interface PeerClient {
  /** What it has logged. */
  readonly logged: readonly string[];
  connect(place: Place, kernelId: string): PeerKernel;
  kernels(place: Place): PeerKernels;
  kernelSpecs(place: Place): PeerManager;
  /** The list of kernels as the server tells it. */
  list(place: Place): Promise<unknown>;
  /** Encodes a message with this buffer in the default protocol; how many buffers the message has then. */
  buffersAfterEncoding(buffer: Uint8Array): number;
}
