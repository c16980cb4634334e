// Free TCP ports on loopback.
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Ports that systems give nobody by themselves: Linux gives connections those from 32768 on, others those from 49152.
 * So none is taken by a chance connection while a server that had it is being restarted.
 */
const [first, last] = [15_000, 32_000];
const attempts = 100;

/**
 * A port of 127.0.0.1 that was free a moment ago; `wanted` itself if given, checked to be free.
 * @throws Error where `wanted` is in use, or none is found
 */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted !== undefined) {
    if (await isFree(wanted)) return wanted;
    throw new Error(`Port ${wanted} is in use: choose another one with --port.`);
  }
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = randomInt(first, last);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found among ${first} to ${last}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
