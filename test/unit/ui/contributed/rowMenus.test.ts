// The menus of the view's rows: each `viewItem` of package.json is of a row that there is, and each row has the commands it should.
import assert from "node:assert/strict";
import type { Row } from "../../../../src/app/hubTree/rows";
import type { ServerState } from "../../../../src/app/servers/server";
import { rowViewOf } from "../../../../src/ui/sidebar/rowViews";
import { manifest, prefix } from "../../support/manifest";
import { parseWhen } from "../../support/when";

const account = { id: "a", hub: new URL("https://hub.example.org/"), userName: "ana", label: "ana", isOnHub: true, state: "signed-in" };
const plainAccount = { ...account, isOnHub: false };
const states = Object.keys({ stopped: 0, starting: 0, running: 0, stopping: 0 } satisfies Record<ServerState, 0>);
// Whose `name` is "" is the default one; `owner` is somebody else for a shared one.
const servers = states.flatMap((state) =>
  [{}, { name: "gpu" }, { owner: "bob" }, { account: plainAccount }].map((change) => ({
    account,
    owner: "ana",
    name: "",
    displayName: "",
    label: "x",
    ...change,
    state,
  })),
);
const kernel = { id: "k", name: "python3", execution_state: "idle", connections: 1 };
const [server] = servers;
const ofSession = (type: string, own: object | null): object => ({
  server,
  session: { id: "s", path: "a.ipynb", name: "a.ipynb", type },
  kernel: own,
});
const spec = { name: "python3", displayName: "Python 3", language: "python" };

/** Every kind of row, in every form that menus tell apart; what faces do not ask for is left out. */
const rows: Readonly<Record<Row["kind"], readonly object[]>> = {
  hub: [{ hub: { url: "https://hub.example.org/" } }],
  account: [account, { ...account, state: "signed-out" }, plainAccount].map((each) => ({ account: each })),
  server: servers.flatMap((each) => [{ server: each }, { server: each, keptUntil: 1 }]),
  session: [...["", "notebook", "console", "file"].map((type) => ofSession(type, kernel)), ofSession("notebook", null)],
  kernel: [{ server, kernel }],
  others: [{ server, kernels: 1, consoles: 1, terminals: 1 }],
  terminal: [{ server, terminal: { name: "1" } }],
  specs: [{ server }],
  spec: [{ server, spec }],
  note: ["asking", "problem", "empty", "no-others", "elsewhere"].map((about) => ({ server, about })),
};

const ofServer = "showDetails copyReport";
const running = `${ofServer} newNotebook shutDownKernels shutDownIdleKernels`;
const ofKernel = `interruptRunningKernel restartRunningKernel attachKernel shutDownKernel copyKernelId copyConnectionCode ${ofServer}`;
const ofFile = `${ofKernel} openKernelNotebook copyKernelPath`;
/** The commands in the menu of each row and beside it. */
const meant: Readonly<Record<string, string>> = {
  hub: "signIn removeHub",
  "account.signedIn": "openHub signOut newServer shutDownIdleKernels",
  "account.signedOut": "signIn openHub signOut",
  "account.plain": "openHub signOut shutDownIdleKernels",
  "server.stopped.default": `${ofServer} startServer startServerWithOptions`,
  "server.stopped.default.kept": `${ofServer} startServer startServerWithOptions stopKeepingAlive`,
  "server.stopped.named": `${ofServer} startServer startServerWithOptions deleteServer`,
  "server.stopped.named.kept": `${ofServer} startServer startServerWithOptions deleteServer stopKeepingAlive`,
  "server.stopped.shared": ofServer,
  "server.stopped.shared.kept": `${ofServer} stopKeepingAlive`,
  "server.starting.default": `${ofServer} stopServer`,
  "server.starting.default.kept": `${ofServer} stopServer stopKeepingAlive`,
  "server.starting.named": `${ofServer} stopServer deleteServer`,
  "server.starting.named.kept": `${ofServer} stopServer deleteServer stopKeepingAlive`,
  "server.starting.shared": ofServer,
  "server.starting.shared.kept": `${ofServer} stopKeepingAlive`,
  "server.running.default": `${running} restartServer stopServer keepAlive`,
  "server.running.default.kept": `${running} restartServer stopServer keepAlive stopKeepingAlive`,
  "server.running.named": `${running} restartServer stopServer keepAlive deleteServer`,
  "server.running.named.kept": `${running} restartServer stopServer keepAlive stopKeepingAlive deleteServer`,
  "server.running.shared": `${running} keepAlive`,
  "server.running.shared.kept": `${running} keepAlive stopKeepingAlive`,
  "server.stopping.default": ofServer,
  "server.stopping.default.kept": `${ofServer} stopKeepingAlive`,
  "server.stopping.named": ofServer,
  "server.stopping.named.kept": `${ofServer} stopKeepingAlive`,
  "server.stopping.shared": ofServer,
  "server.stopping.shared.kept": `${ofServer} stopKeepingAlive`,
  "session.kernel.notebook": ofFile,
  "session.kernel.console": ofFile,
  "session.kernel.file": ofFile,
  "session.empty": "",
  "kernel.kernel": ofKernel,
  others: "",
  terminal: "endTerminal",
  specs: "",
  spec: "newNotebook",
  note: "",
};

describe("menus of rows", () => {
  const items = manifest.contributes.menus["view/item/context"] ?? [];
  const all = Object.entries(rows).flatMap(([kind, some]) => some.map((row) => ({ kind, keptUntil: undefined, ...row }) as unknown as Row));
  const contexts = [...new Set(all.map((row) => rowViewOf(row).context))];
  const shown = (when: string | undefined, viewItem: string): boolean => parseWhen(when ?? "true").holds({ viewItem });

  it("stand at rows that there are, every part of them", () => {
    // A part that matches no row, such as one behind `||`, is as wrong as a whole clause that matches none.
    const parts = items.flatMap(
      ({ when = "" }) => when.match(/viewItem (?:==|=~) (?:\/(?:\\.|[^/\\])+\/|[\w.]+)/g) ?? [`no viewItem in “${when}”`],
    );
    const wholes = items.flatMap(({ when }) => when ?? []);
    assert.deepEqual(
      [...parts, ...wholes].filter((when) => !contexts.some((context) => shown(when, context))),
      [],
    );
    const alternatives = items.flatMap(({ when = "" }) =>
      [...when.matchAll(/\(([\w|]+)\)/g)].flatMap(([, names = ""]) => names.split("|")),
    );
    assert.deepEqual(
      alternatives.filter((name) => !contexts.some((context) => context.split(".").includes(name))),
      [],
    );
  });

  it("are known of every row", () => {
    assert.deepEqual(contexts.sort(), Object.keys(meant).sort());
  });

  for (const context of contexts) {
    it(`have what is meant for ${context}`, () => {
      const commands = new Set(items.filter(({ when }) => shown(when, context)).map(({ command }) => command));
      const wanted = (meant[context] ?? "").split(" ").filter(Boolean);
      assert.deepEqual([...commands].sort(), wanted.map((name) => prefix + name).sort());
    });
  }
});
