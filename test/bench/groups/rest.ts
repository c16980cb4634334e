// What a client costs the hub while nobody does anything: requests, bytes of an idle kernel, activity that is none.
import * as v from "valibot";
import { delay } from "../../../src/base/async";
import { startFaultProxy } from "../../harness/faultProxy";
import type { TestHub } from "../../harness/hub/hub";
import type { ClientProcess } from "../clientProcess";
import { startKernel } from "../kernels";
import type { Measurement } from "../measurement";
import type { Group } from "../group";

/** Milliseconds: until pollers have slowed down to their rest, and how long is counted then. */
const settling = 42_000;
const counting = 60_000;

/** The peer cannot be told whether it is seen, so it has the same number hidden and visible. */
export const rest: Group = {
  name: "rest",
  title: "60 s at rest",
  async measure(bench) {
    const hub = await bench.hub();
    const clients: ClientProcess[] = [];
    const client = async (name: "ours" | "peer"): Promise<ClientProcess> => {
      const started = await bench.client(name);
      clients.push(started);
      return started;
    };
    try {
      // Each on a server of its own, since activity is counted by server: zoë's, ana's, and alice's.
      const [hidden, visible, peer] = [await client("ours"), await client("ours"), await client("peer")];
      const [zoe, alice] = ["zoë müller", "alice@example.org"];
      const away = await startKernel(hub, zoe);
      await hidden.call("manage", { place: away, visible: false });
      // Used, and then rested: its person has been away for a while.
      await hidden.call("connect", away);
      await hidden.call("execute", { code: "1 + 1", times: 1 });
      await hidden.call("close", null);
      await visible.call("manage", { place: await startKernel(hub, "ana"), visible: true });
      const theirs = await startKernel(hub, alice);
      await peer.call("manage", { place: theirs, visible: false });
      const idle = [await idleKernel(hub, await client("ours")), await idleKernel(hub, await client("peer"))];
      await delay(settling);

      const counted = async (): Promise<Counts> => ({
        requests: await Promise.all([hidden, visible, peer].map((each) => each.call("requests", null))),
        bytes: await Promise.all(idle.map((each) => each.unasked())),
        activity: [await lastActivity(hub, zoe), await lastActivity(hub, alice)],
      });
      const before = await counted();
      await delay(counting);
      const now = await counted();
      for (const each of idle) each.stop();
      const more = (what: keyof Counts, index: number): number => (now[what][index] ?? NaN) - (before[what][index] ?? NaN);
      const goal = (value: number) => ({ kind: "ours", value }) as const;
      return [
        { name: "rest.requestsHidden", unit: "/min", ours: more("requests", 0), peer: more("requests", 2), goal: goal(0) },
        { name: "rest.requestsVisible", unit: "/min", ours: more("requests", 1), peer: more("requests", 2), goal: goal(4) },
        { name: "rest.kernelBytes", unit: "bytes/min", ours: more("bytes", 0), peer: more("bytes", 1), goal: goal(0) },
        { name: "rest.lastActivity", unit: "s later", ours: more("activity", 0), peer: more("activity", 1), goal: goal(0) },
      ] satisfies Measurement[];
    } finally {
      for (const each of clients) each.stop();
    }
  },
};

type Counts = Readonly<Record<"requests" | "bytes" | "activity", readonly number[]>>;

interface IdleKernel {
  /** Bytes sent so far over its websocket, less the answers to the server's pings. */
  unasked(): Promise<number>;
  stop(): void;
}

/** A connected kernel of ana's, whose websocket alone goes through a proxy that counts. */
async function idleKernel(hub: TestHub, client: ClientProcess): Promise<IdleKernel> {
  const place = await startKernel(hub, "ana");
  const { hostname, port } = new URL(place.baseUrl);
  const proxy = await startFaultProxy({ host: hostname, port: Number(port) });
  await client.call("connect", { ...place, wsUrl: proxy.through(place.baseUrl) });
  await client.call("execute", { code: "pass", times: 1 });
  return {
    unasked: async () => proxy.bytes.toServer - (await client.call("pongBytes", null)),
    stop: () => proxy.close(),
  };
}

const routes = v.record(
  v.string(),
  v.looseObject({ data: v.looseObject({ user: v.optional(v.string()), last_activity: v.pipe(v.string(), v.isoTimestamp()) }) }),
);

/** Seconds since the epoch: what the proxy has counted as the last activity of the user's server, which the hub copies. */
async function lastActivity(hub: TestHub, user: string): Promise<number> {
  const answer = v.parse(routes, await (await hub.api("proxy", {}, [200])).json());
  const route = Object.values(answer).find(({ data }) => data.user === user);
  if (!route) throw new Error(`The proxy has no route to the server of ${user}.`);
  return Date.parse(route.data.last_activity) / 1000;
}
