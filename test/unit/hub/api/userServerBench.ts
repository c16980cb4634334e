// A user's server on a scripted hub: what tests of src/hub/api/userServer.ts begin with.
import { HubClient } from "../../../../src/hub/api/client";
import { ensureRunning, type EnsureRunningOptions, type RunningServer } from "../../../../src/hub/api/userServer";
import { serverSettings } from "../../../../src/transport/settings";
import { FakeHub } from "../../../fakes/hub";

export const ready = { ready: true, pending: null, url: "/jupyter/user/ana/" };
export const spawning = { ready: false, pending: "spawn" };
export const start = "POST /hub/api/users/ana/server";
export const progress = "GET /hub/api/users/ana/server/progress";
/** A stream that is slow only because the machine is busy is not taken for silent. */
export const pace = { first: 1, ceiling: 5, quiet: 2_000 };
export const impatient = { ...pace, quiet: 20 };

/** Ana's servers on a scripted hub, and what is told of their progress. */
export class UserServerBench {
  readonly told: [number, string][] = [];

  private constructor(
    readonly hub: FakeHub,
    readonly client: HubClient,
  ) {}

  static async start(): Promise<UserServerBench> {
    const hub = await FakeHub.start("/jupyter/");
    return new UserServerBench(hub, new HubClient(serverSettings({ baseUrl: hub.url, token: "good-token", label: "ana @ hub" })));
  }

  ensure(server = "", options: EnsureRunningOptions = {}): Promise<RunningServer> {
    const onProgress = (fraction: number, message: string): unknown => this.told.push([fraction, message]);
    return ensureRunning(this.client, "ana", server, { pace, onProgress, ...options });
  }

  asks(operation: string): number {
    return this.hub.asked.filter((each) => each === operation).length;
  }

  /** The start is taken, and the spawn is under way. */
  takeStart(): void {
    this.hub.on(start, () => {
      this.hub.servers.set("", { ...spawning });
      return { status: 202 };
    });
  }

  /** Yields events, then brings the server up. */
  *bringUp(...events: object[]): Generator<object> {
    yield* events;
    this.hub.servers.set("", ready);
    yield { progress: 100, ready: true, message: "Server ready", url: "/jupyter/user/ana/" };
  }
}
