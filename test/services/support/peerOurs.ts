// Our services as one of the two that are compared.
import fetch from "node-fetch";
import WebSocket from "ws";
import { hasCode, messageOf } from "../../../src/base/errors";
import type { Logger } from "../../../src/base/log";
import { listKernels } from "../../../src/services/kernel/client";
import { encode } from "../../../src/services/kernel/codec";
import { KernelConnection } from "../../../src/services/kernel/connection";
import { KernelManager } from "../../../src/services/kernel/manager";
import { createMessage, type Message } from "../../../src/services/kernel/messages";
import { KernelSpecManager } from "../../../src/services/kernelspec/manager";
import { serverSettings, type ServerSettings } from "../../../src/transport/settings";
import type { PeerClient, PeerKernel, Place } from "./peer";

const logged: string[] = [];
const note = (message: string, detail?: unknown): void => void logged.push(`${message} ${messageOf(detail)}`);
const log: Logger = { debug: note, info: note, warn: note, error: note };

export const ours: PeerClient = {
  logged,
  connect: (place, id) => kernel(new KernelConnection({ settings: settings(place), model: model(id) })),
  kernels(place) {
    const manager = new KernelManager(settings(place));
    return {
      ready: () => manager.ready(),
      refresh: () => manager.refresh(),
      startNew: async () => kernel(await manager.startNew("python3")),
    };
  },
  kernelSpecs(place) {
    const manager = new KernelSpecManager(settings(place));
    return { ready: () => manager.ready(), refresh: () => manager.refresh() };
  },
  list: (place) => listKernels(settings(place)),
  buffersAfterEncoding(buffer) {
    const message = createMessage("session", "shell", "comm_msg", {}, { buffers: [buffer] });
    encode(message, "");
    return message.buffers.length;
  },
};

function kernel(connection: KernelConnection): PeerKernel {
  return {
    get status() {
      return connection.status;
    },
    get connection() {
      return connection.connectionStatus;
    },
    get isDisposed() {
      return connection.ended !== undefined;
    },
    get info() {
      return connection.info;
    },
    run(code, onOutput) {
      const onIOPub = onOutput && (({ header }: Message): unknown => onOutput(header.msg_type));
      const future = connection.execute({ code }, onIOPub ? { onIOPub } : {});
      return { id: future.message.header.msg_id, end: future.done.then(({ status }) => status, codeOf) };
    },
    onSeen: (listener) =>
      void connection.onAnyMessage(({ direction, message: { channel, header, parent_header: parent, content } }) => {
        if (direction === "recv") listener({ channel, type: header.msg_type, parent: parent.msg_id, state: content["execution_state"] });
      }),
    onChange(listener) {
      connection.onDidChangeStatus(listener);
      connection.onDidChangeConnectionStatus(listener);
    },
    async mirror(target, buffers) {
      const comm = connection.comms.create(target);
      const answer = new Promise<Message>((resolve) => (comm.onMessage = resolve));
      await comm.open({}, { buffers }).done;
      return (await answer).buffers.map((buffer) => [...buffer]);
    },
    restart: () => connection.restart(),
    reconnect: () => connection.reconnect(),
    dispose: () => connection.dispose(),
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && hasCode(error, "disposed") ? "disposed" : messageOf(error);
}

function model(id: string): KernelConnection["model"] {
  return { id, name: "python3", execution_state: "unknown", connections: 0 };
}

function settings({ baseUrl, token, liveness, opened, answered }: Place): ServerSettings {
  return serverSettings({
    ...{ baseUrl, log, label: "ana @ test hub" },
    token: { current: async () => token(), check: async () => "invalid" },
    timeouts: { retry: 1, ...(liveness !== undefined && { liveness }) },
    async fetch(url, init) {
      const response = await fetch(url, init);
      await answered?.(init.method ?? "GET", new URL(response.url).pathname);
      return response;
    },
    WebSocket: class extends WebSocket {
      readonly told = opened?.(this.url);
    },
  });
}
