// TLS in front of a hub that speaks none, as a reverse proxy does it; it sees what is asked for.
import { connect, type AddressInfo } from "node:net";
import { createServer, type TlsOptions } from "node:tls";
import type { Duplex } from "node:stream";

/** The first request of a connection. */
export interface FrontRecord {
  /** Such as `GET /hub/api/user HTTP/1.1`. */
  readonly line: string;
  /** The client's port: whose connection it was. */
  readonly from: number;
}

/** A running front. */
export interface TlsFront {
  readonly port: number;
  readonly record: readonly FrontRecord[];
  /** Breaks all connections and stops listening. */
  close(): Promise<void>;
}

/** Starts a front of the server on `port` of loopback. */
export async function startTlsFront(port: number, options: TlsOptions): Promise<TlsFront> {
  const record: FrontRecord[] = [];
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex): void => {
    sockets.add(socket);
    socket.on("error", () => undefined); // its close says enough
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer(options, (client) => {
    const behind = connect({ host: "127.0.0.1", port });
    for (const socket of [client, behind]) keep(socket);
    client.once("data", (first: Buffer) => {
      record.push({ line: first.toString("latin1").split("\r\n", 1)[0] ?? "", from: client.remotePort ?? 0 });
      behind.write(first);
      client.pipe(behind);
    });
    behind.pipe(client);
    client.on("close", () => behind.destroy());
    behind.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port, // listening on TCP, never a pipe
    record,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
