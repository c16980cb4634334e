// @jupyterlab/services, the peer, as one of the two that are compared.
import { format } from "node:util";
import { KernelAPI, KernelManager, KernelMessage, KernelSpecManager, ServerConnection, type Kernel } from "@jupyterlab/services";
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { serialize } from "@jupyterlab/services/lib/kernel/serialize";
import WebSocket from "ws";
import { messageOf } from "../../../src/base/errors";
import type { PeerClient, PeerKernel, Place } from "./peer";

/** It logs to the console. */
const logged: string[] = [];
for (const level of ["debug", "log", "warn", "error"] as const) console[level] = (...all) => void logged.push(format(...all));

export const theirs: PeerClient = {
  logged,
  connect: (place, id) => kernel(new KernelConnection({ model: { id, name: "python3" }, serverSettings: settings(place) })),
  kernels(place) {
    const manager = new KernelManager({ serverSettings: settings(place) });
    return {
      ready: () => manager.ready,
      refresh: () => manager.refreshRunning(),
      startNew: async () => kernel(await manager.startNew({ name: "python3" })),
    };
  },
  kernelSpecs(place) {
    const manager = new KernelSpecManager({ serverSettings: settings(place) });
    return { ready: () => manager.ready, refresh: () => manager.refreshSpecs() };
  },
  list: (place) => KernelAPI.listRunning(settings(place)),
  buffersAfterEncoding(buffer) {
    const message = KernelMessage.createMessage({
      ...{ msgType: "comm_msg", channel: "shell", session: "session" },
      content: { comm_id: "comm", data: {} },
      buffers: [buffer],
    });
    serialize(message, "");
    return message.buffers?.length ?? 0;
  },
};

function kernel(connection: Kernel.IKernelConnection): PeerKernel {
  return {
    get status() {
      return connection.status;
    },
    get connection() {
      return connection.connectionStatus;
    },
    get isDisposed() {
      return connection.isDisposed;
    },
    get info() {
      return connection.info;
    },
    run(code, onOutput) {
      const future = connection.requestExecute({ code, allow_stdin: false });
      if (onOutput) future.onIOPub = ({ header }) => onOutput(header.msg_type) as PromiseLike<void>;
      return { id: future.msg.header.msg_id, end: future.done.then(({ content }) => content.status, messageOf) };
    },
    onSeen: (listener) =>
      void connection.anyMessage.connect((_, { direction, msg: { channel, header, parent_header: parent, content } }) => {
        const state = "execution_state" in content ? content.execution_state : undefined;
        if (direction === "recv")
          listener({ channel, type: header.msg_type, parent: "msg_id" in parent ? parent.msg_id : undefined, state });
      }),
    onChange(listener) {
      connection.statusChanged.connect(listener);
      connection.connectionStatusChanged.connect(listener);
    },
    async mirror(target, buffers) {
      const comm = connection.createComm(target);
      const answer = new Promise<KernelMessage.ICommMsgMsg>((resolve) => (comm.onMsg = resolve));
      await comm.open({}, {}, [...buffers]).done;
      return ((await answer).buffers ?? []).map((buffer) => {
        const view = ArrayBuffer.isView(buffer) ? buffer : new Uint8Array(buffer);
        return [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)];
      });
    },
    restart: () => connection.restart(),
    reconnect: async () => connection.reconnect(),
    dispose: () => connection.dispose(),
  };
}

function settings({ baseUrl, token, opened, answered }: Place): ServerConnection.ISettings {
  const made = ServerConnection.makeSettings({
    ...{ baseUrl, wsUrl: baseUrl.replace(/^http/, "ws") },
    async fetch(request: RequestInfo | URL, init?: RequestInit) {
      const response = await fetch(request, init);
      await answered?.(request instanceof Request ? request.method : "GET", new URL(response.url).pathname);
      return response;
    },
    // The browser's type; in Node the library takes that of ws itself. It sends the token in the websocket's query only,
    // which servers of JupyterHub 5 and newer refuse.
    WebSocket: class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers: { Authorization: `token ${token()}` } });
        opened?.(url);
      }
    } as unknown as typeof globalThis.WebSocket,
  });
  // It takes a token for good; this one can change.
  return Object.defineProperty(made, "token", { get: token });
}
