// @jupyterlab/services as a contestant.
import { KernelAPI, KernelManager, ServerConnection, ServiceManager, type Kernel } from "@jupyterlab/services";
import { serve, type Contestant, type OnOutput } from "./contestant";
import { CountingWebSocket, pongs } from "./countingWebSocket";
import type { KernelPlace } from "./protocol";

class Peer implements Contestant {
  #connection: Kernel.IKernelConnection | undefined;
  #requests = 0;

  async connect(place: KernelPlace): Promise<void> {
    const serverSettings = this.#settings(place);
    const model = await KernelAPI.getKernelModel(place.kernelId, serverSettings);
    if (!model) throw new Error("The kernel is gone.");
    this.#connection = new KernelManager({ serverSettings }).connectTo({ model });
    await this.#connection.info;
  }

  async execute(code: string, onOutput?: OnOutput): Promise<void> {
    // As ours asks by default.
    const future = this.#kernel.requestExecute({ code, allow_stdin: false, store_history: true, stop_on_error: true });
    if (onOutput) future.onIOPub = ({ header, content }) => onOutput(header.msg_type, { ...content });
    await future.done;
  }

  async complete(code: string): Promise<void> {
    await this.#kernel.requestComplete({ code, cursor_pos: code.length });
  }

  close(): void {
    this.#connection?.dispose();
  }

  /** It has no way to be told whether anything of it is seen. */
  async manage(place: KernelPlace): Promise<void> {
    await new ServiceManager({ serverSettings: this.#settings(place) }).ready;
  }

  requests(): number {
    return this.#requests;
  }

  pongBytes(): number {
    return pongs.bytes;
  }

  get #kernel(): Kernel.IKernelConnection {
    if (!this.#connection) throw new Error("Not connected.");
    return this.#connection;
  }

  #settings({ baseUrl, wsUrl = baseUrl.replace(/^http/, "ws"), token }: KernelPlace): ServerConnection.ISettings {
    return ServerConnection.makeSettings({
      ...{ baseUrl, wsUrl, token },
      // The browser's type; in Node the library takes that of ws itself.
      WebSocket: withToken(token) as unknown as typeof WebSocket,
      fetch: (...all: Parameters<typeof fetch>) => {
        this.#requests++;
        return fetch(...all);
      },
    });
  }
}

/** It sends the token in the websocket's query only, which servers of JupyterHub 5 and newer refuse. */
function withToken(token: string) {
  return class extends CountingWebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers: { Authorization: `token ${token}` } });
    }
  };
}

serve(new Peer());
