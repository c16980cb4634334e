// Our services as a contestant.
import fetch from "node-fetch";
import { ServiceManager, serverSettings, type KernelConnection, type ServerSettings } from "../../../src/services";
import { getKernel } from "../../../src/services/kernel/client";
import { serve, type Contestant, type OnOutput } from "./contestant";
import { CountingWebSocket, pongs } from "./countingWebSocket";
import type { KernelPlace } from "./protocol";

class Ours implements Contestant {
  #connection: KernelConnection | undefined;
  #requests = 0;

  async connect(place: KernelPlace): Promise<void> {
    const settings = this.#settings(place);
    const model = await getKernel(settings, place.kernelId);
    this.#connection = new ServiceManager(settings).kernels.connectTo(model);
    await this.#connection.info;
  }

  async execute(code: string, onOutput?: OnOutput): Promise<void> {
    const onIOPub =
      onOutput &&
      (({ header, content }: { header: { msg_type: string }; content: Record<string, unknown> }) => onOutput(header.msg_type, content));
    await this.#kernel.execute({ code }, onIOPub ? { onIOPub } : {}).done;
  }

  async complete(code: string): Promise<void> {
    await this.#kernel.sendShell("complete_request", { code, cursor_pos: code.length }).done;
  }

  close(): void {
    this.#connection?.dispose();
  }

  async manage(place: KernelPlace, visible: boolean): Promise<void> {
    const services = new ServiceManager(this.#settings(place));
    await services.refresh();
    if (visible) services.look();
  }

  requests(): number {
    return this.#requests;
  }

  pongBytes(): number {
    return pongs.bytes;
  }

  get #kernel(): KernelConnection {
    if (!this.#connection) throw new Error("Not connected.");
    return this.#connection;
  }

  #settings({ baseUrl, wsUrl, token }: KernelPlace): ServerSettings {
    return serverSettings({
      ...{ baseUrl, token, WebSocket: CountingWebSocket },
      ...(wsUrl !== undefined && { wsUrl }),
      fetch: (...all) => {
        this.#requests++;
        return fetch(...all);
      },
    });
  }
}

serve(new Ours());
