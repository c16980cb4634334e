// Terminals on a real server, through its hub's proxy.
import assert from "node:assert/strict";
import { hasCode } from "../../src/base/errors";
import { next } from "../../src/base/event";
import { createTerminal, deleteTerminal, getTerminal, listTerminals } from "../../src/services/terminal/client";
import { TerminalConnection } from "../../src/services/terminal/connection";
import type { ServerSettings } from "../../src/transport/settings";
import { faulty, restSettings } from "./support/restServer";

const bound = 30_000;

/** A terminal with what it has printed since the last reset. */
class Screen {
  text = "";
  readonly connection: TerminalConnection;

  constructor(settings: ServerSettings, name: string) {
    this.connection = new TerminalConnection(settings, name);
    this.connection.onDidReset(() => void (this.text = ""));
    this.connection.onOutput((text) => void (this.text += text));
  }

  async until(pattern: RegExp): Promise<void> {
    if (pattern.test(this.text)) return;
    await next(this.connection.onOutput, () => pattern.test(this.text), AbortSignal.timeout(bound));
  }

  async connected(): Promise<void> {
    if (this.connection.status === "connected") return;
    await next(this.connection.onDidChangeStatus, (status) => status === "connected", AbortSignal.timeout(bound));
  }
}

describe("terminal", function () {
  this.timeout(90_000);
  const screens: Screen[] = [];
  let settings: ServerSettings;
  let name: string;
  const open = async (of = settings): Promise<Screen> => {
    const screen = new Screen(of, name);
    screens.push(screen);
    await screen.connected();
    return screen;
  };

  before(async () => void (settings = await restSettings("ana")));
  beforeEach(async () => void (name = (await createTerminal(settings)).name));
  afterEach(async () => {
    for (const { connection } of screens.splice(0)) connection.dispose();
    await deleteTerminal(settings, name);
  });

  it("is listed while it runs, and deleting it twice is fine", async () => {
    assert.equal((await getTerminal(settings, name)).name, name);
    assert.ok((await listTerminals(settings)).some((each) => each.name === name));
    await deleteTerminal(settings, name);
    await deleteTerminal(settings, name);
    assert.ok(!(await listTerminals(settings)).some((each) => each.name === name));
    await assert.rejects(getTerminal(settings, name), (error) => hasCode(error, "not-found"));
  });

  it("takes a name and a directory to begin in", async () => {
    const named = await createTerminal(settings, { name: "mine_1", cwd: "/" });
    assert.equal(named.name, "mine_1");
    const screen = new Screen(settings, named.name);
    screens.push(screen);
    await screen.connected();
    screen.connection.send("echo in:$PWD:\r");
    await screen.until(/in:\/:/);
    await deleteTerminal(settings, named.name);
  });

  it("types and shows what is printed, in any script", async () => {
    const screen = await open();
    screen.connection.send("printf '%s\\n' zo\u00eb-$((40+2))\r");
    await screen.until(/zo\u00eb-42/);
  });

  it("tells its size", async () => {
    const screen = await open();
    screen.connection.setSize(31, 97);
    screen.connection.send("stty size\r");
    await screen.until(/31 97/);
  });

  it("shows the same to two clients, and goes on when one leaves", async () => {
    const [one, two] = [await open(), await open()];
    one.connection.send("echo both-$((1+1))\r");
    await Promise.all([one.until(/both-2/), two.until(/both-2/)]);
    one.connection.dispose();
    two.connection.send("echo alone-$((1+2))\r");
    await two.until(/alone-3/);
    assert.ok(!one.text.includes("alone"));
  });

  it("is left running by disposal, and shows its recent output to who comes next", async () => {
    const first = await open();
    first.connection.send("kept=yes; echo set-$((2+3))\r");
    await first.until(/set-5/);
    first.connection.dispose();
    const second = await open();
    await second.until(/set-5/);
    second.connection.send("echo kept:$kept:\r");
    await second.until(/kept:yes:/);
  });

  for (const fault of ["cut", "halfOpen"] as const) {
    it(`comes back after a connection was lost (${fault}), and shows what was printed meanwhile once`, async () => {
      const { proxy, settings: lossy } = await faulty(settings);
      try {
        const [screen, other] = [await open(lossy), await open()];
        screen.connection.setSize(33, 99);
        other.connection.setSize(50, 120);
        screen.connection.send("kept=yes; echo before-$((1+1))\r");
        await screen.until(/before-2/);
        proxy[fault]();
        // Typing is what finds a dead connection out; where it goes to meanwhile is not known.
        const lost = next(screen.connection.onDidChangeStatus, (status) => status === "disconnected", AbortSignal.timeout(bound));
        if (fault === "halfOpen") screen.connection.send("\r");
        await lost;
        other.connection.send("echo meanwhile-$((1+3))\r");
        await other.until(/meanwhile-4/);
        await proxy.restore();
        await screen.connected();
        await screen.until(/meanwhile-4/);
        screen.connection.send("echo $kept-$((2+3)); stty size\r");
        await screen.until(/yes-5\s+33 99/);
        assert.equal(screen.text.match(/before-2/g)?.length, 1);
        assert.equal(screen.text.match(/meanwhile-4/g)?.length, 1);
      } finally {
        proxy.close();
      }
    });
  }

  it("ends for its clients when its shell exits", async () => {
    const screen = await open();
    const ended = next(screen.connection.onDidEnd, () => true, AbortSignal.timeout(bound));
    screen.connection.send("exit\r");
    await ended;
    assert.throws(
      () => screen.connection.send("x"),
      (error) => hasCode(error, "not-found"),
    );
  });

  it("ends for its clients when it is deleted", async () => {
    const screen = await open();
    const ended = next(screen.connection.onDidEnd, () => true, AbortSignal.timeout(bound));
    await deleteTerminal(settings, name);
    await ended;
  });

  it("ends at once where there is no such terminal", async () => {
    const { connection } = new Screen(settings, "nosuch");
    await next(connection.onDidEnd, () => true, AbortSignal.timeout(bound));
    assert.equal(connection.reason?.code, "not-found");
    connection.dispose();
  });
});
