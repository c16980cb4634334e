// Free TCP ports on loopback.
import { createServer } from "node:net";

/** A port of 127.0.0.1 that was free a moment ago; `wanted` itself if given, checked to be free. */
export function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", () => reject(new Error(`Port ${wanted} is in use: choose another one with --port.`)));
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : wanted));
    });
  });
}
