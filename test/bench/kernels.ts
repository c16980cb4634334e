// Kernels for contestants: one each on ana's server behind the hub's proxy, or the prepared one on loopback.
import * as v from "valibot";
import type { TestHub } from "../harness/hub/hub";
import { contestants, type Bench, type Contestant } from "./bench";
import type { ClientProcess } from "./clientProcess";
import type { KernelPlace } from "./clients/protocol";

/** A process for each contestant. */
export type Clients = Readonly<Record<Contestant, ClientProcess>>;

const model = v.object({ id: v.string() });

/** Starts a kernel on a user's server, and that server unless it runs. */
export async function startKernel(hub: TestHub, user: string): Promise<KernelPlace> {
  const { token } = hub.user(user);
  const baseUrl = await hub.startServer(user);
  const headers = { Authorization: `token ${token}`, "Content-Type": "application/json" };
  const response = await fetch(new URL("api/kernels", baseUrl), { method: "POST", headers, body: '{"name":"python3"}' });
  if (!response.ok) throw new Error(`No kernel could be started: ${response.status}.`);
  return { baseUrl, token, kernelId: v.parse(model, await response.json()).id };
}

/** Shuts a kernel down. */
export async function stopKernel({ baseUrl, token, kernelId }: KernelPlace): Promise<void> {
  const url = new URL(`api/kernels/${kernelId}`, baseUrl);
  await fetch(url, { method: "DELETE", headers: { Authorization: `token ${token}` } });
}

/** Every contestant with a kernel of its own on ana's server: they would hear each other's messages on one. */
export async function onHub<T>(bench: Bench, use: (clients: Clients) => Promise<T>): Promise<T> {
  const hub = await bench.hub();
  const places: KernelPlace[] = [];
  try {
    return await bench.clients(async (clients) => {
      for (const contestant of contestants) {
        const place = await startKernel(hub, "ana");
        places.push(place);
        await clients[contestant].call("connect", place);
      }
      return use(clients);
    });
  } finally {
    await Promise.all(places.map(stopKernel));
  }
}

/** Every contestant on the fake server. */
export async function onFake<T>(bench: Bench, use: (clients: Clients) => Promise<T>): Promise<T> {
  const { place } = await bench.fake();
  return bench.clients(async (clients) => {
    for (const contestant of contestants) await clients[contestant].call("connect", place);
    return use(clients);
  });
}
