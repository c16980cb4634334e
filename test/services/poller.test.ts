// What looking at a real server costs it: requests counted over hours that pass at once, and changes told live.
import assert from "node:assert/strict";
import fetch from "node-fetch";
import WebSocket from "ws";
import { Deferred } from "../../src/base/async";
import { ServiceManager, type ServiceManagerOptions } from "../../src/services/serviceManager";
import type { ServerSettings } from "../../src/transport/settings";
import { onOldestStack } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { FakeClock, hour, minute } from "../fakes/clock";
import { FakePerson } from "../fakes/person";
import { SessionServer, start } from "./support/session";

describe("poller", function () {
  this.timeout(120_000);
  let server: SessionServer;
  /** For what jupyter_server 1 does not have. */
  const itSince2 = onOldestStack ? (): void => undefined : it;
  let clock: FakeClock;
  let person: FakePerson;
  let services: ServiceManager;
  /** When each request was sent, in the time of `clock`. */
  let requests: number[];
  let inFlight: number;
  let streamOpen: Deferred<void>;

  before(async () => void (server = await SessionServer.start()));
  beforeEach(() => {
    clock = new FakeClock();
    person = new FakePerson();
    requests = [];
    inFlight = 0;
    streamOpen = new Deferred();
  });
  afterEach(async () => {
    services.dispose();
    await server.close();
  });

  const open = (options: ServiceManagerOptions = {}): void => {
    const settings: ServerSettings = {
      ...server.settings,
      fetch: async (...request: Parameters<typeof fetch>) => {
        requests.push(clock.now());
        inFlight++;
        return fetch(...request).finally(() => inFlight--);
      },
      WebSocket: class extends WebSocket {
        constructor(...given: ConstructorParameters<typeof WebSocket>) {
          super(...given);
          this.once("open", () => streamOpen.resolve());
        }
      } as typeof WebSocket,
    };
    services = new ServiceManager(settings, { clock, activity: person, random: () => 0, ...options });
  };
  /** Lets time pass in steps in which the server can answer. */
  const pass = async (ms: number): Promise<void> => {
    for (const end = clock.now() + ms; clock.now() < end;) {
      await clock.advance(5_000);
      // A poll asks one thing after the other: it is over when it has set its next time.
      await waitFor(
        "the end of a poll",
        async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return inFlight === 0 && (clock.waiting > 0 || !person.isActive);
        },
        30_000,
        1,
      );
    }
  };

  it("asks at most four times a minute at rest, and nothing while hidden or away", async () => {
    open({ live: false });
    await clock.advance(hour);
    assert.equal(requests.length, 0, "nobody looks");
    const look = services.look();
    await pass(20 * minute);
    const rest = requests.filter((at) => at > hour + 2 * minute);
    const busiest = Math.max(...rest.map((from) => rest.filter((at) => at >= from && at < from + minute).length));
    assert.ok(busiest <= 4 && rest.length > 18, `${busiest} in a minute, ${rest.length} in all`);
    const before = requests.length;
    person.become(false);
    await clock.advance(hour);
    person.become(true);
    look.dispose();
    await clock.advance(hour);
    assert.ok(requests.length - before <= 3, "one poll at most: of the moment between");
  });

  itSince2("shows at once what another client starts and shuts down, told by the server's event stream", async () => {
    open();
    services.look();
    await pass(5 * minute);
    await streamOpen.promise;
    const before = clock.now();
    const other = server.client();
    const session = await other.sessions.startNew(start(server.path()));
    const shown = (count: number) =>
      waitFor(
        `${count} sessions`,
        async () => {
          await clock.advance(25);
          return services.sessions.running.length === count && services.kernels.running.length === count;
        },
        30_000,
      );
    await shown(1);
    await pass(minute);
    await other.sessions.shutdown(session.id);
    await shown(0);
    assert.ok(clock.now() - before < 2 * minute, "too little time for polls at rest");
  });
});
