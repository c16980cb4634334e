// What is on record of an account's runs: gone when it is signed out of, read by nobody else, and no way to other files.
import assert from "node:assert/strict";
import fs, { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import { Hubs } from "../../src/app/hubs/hubs";
import { Journals, type Journal } from "../../src/app/notebooks/journals";
import { RunRecorder } from "../../src/app/notebooks/runRecorder";
import { serverId } from "../../src/app/servers/server";
import { forgetSignedOut } from "../../src/app/hubs/signedOut";
import type { Disposable } from "../../src/base/disposable";
import { nullLogger, type Logger } from "../../src/base/log";
import { encodeRecord, type JsonRecord } from "../../src/notebook/run/journal";
import { createMessage } from "../../src/services/kernel/messages";
import { FakeHub } from "../fakes/hub";
import { waitFor } from "../harness/processes/wait";
import { mayLog } from "../harness/results/loggedErrors";
import { MemoryPorts, signIn } from "../unit/app/doubles";

const day = 24 * 3_600_000;
const secretCode = "password = 'hunter2'";
const ana = "https://hub.example.org/#ana";

describe("journals of an account", () => {
  let root: string;
  /** Where they are. */
  let folder: string;
  const ends: Disposable[] = [];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hostile-journals-"));
    folder = join(root, "runs");
  });
  afterEach(() => {
    for (const end of ends.splice(0).reverse()) end.dispose();
    rmSync(root, { recursive: true });
  });

  const window = (log: Logger = nullLogger): Journals => {
    const journals = new Journals(folder, log);
    ends.push(journals);
    return journals;
  };
  /** A cell of this notebook is asked to run on this server, and prints. */
  const run = (journals: Journals, key: string, server: string, id: string = key): Journal => {
    const journal = journals.of(key);
    ends.push(journal);
    new RunRecorder(journal).queued(server, [{ id, code: secretCode, batch: 1, cell: { index: 0 } }]);
    journal.receive(id, createMessage("kernel", "iopub", "stream", { name: "stdout", text: "hunter2" }, { parent: { msg_id: id } }));
    return journal;
  };
  const kept = (): string[] =>
    (existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [])
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  const holds = (text: string): boolean => kept().some((file) => readFileSync(file).includes(text));

  describe("that is signed out of", () => {
    let hub: FakeHub;
    let ports: MemoryPorts;
    beforeEach(async () => {
      hub = await FakeHub.start();
      hub.tokens.set("bob-token", "bob");
      ports = new MemoryPorts();
    });
    afterEach(() => hub.stop());

    /** One of the person's windows. */
    const open = (): { readonly hubs: Hubs; readonly journals: Journals } => {
      const [hubs, journals] = [new Hubs(ports), window()];
      ends.push(hubs, forgetSignedOut(hubs, journals));
      return { hubs, journals };
    };

    it("are gone, with those of closed windows, of other windows, and of servers that are shared with it", async () => {
      const [here, there] = [open(), open()];
      const account = await signIn(here.hubs, hub);
      const bob = await signIn(here.hubs, hub, "bob-token");
      await waitFor("the other window to know", () => there.hubs.accounts.length === 2, 5_000);
      const server = serverId(account, "ana", "");
      run(window(), "closed.ipynb", server).dispose();
      run(here.journals, "here.ipynb", serverId(account, "ana", "gpu"));
      run(here.journals, "shared.ipynb", serverId(account, "mallory", "trap"));
      const running = run(there.journals, "there.ipynb", server);
      run(here.journals, "bob.ipynb", serverId(bob, "bob", ""));
      // A run goes on in the other window, which may write between the sign-out and hearing of it.
      await here.hubs.signOut(account);
      await waitFor("the other window to hear", () => there.hubs.accounts.length === 1, 5_000);
      running.receive(
        "there.ipynb",
        createMessage("kernel", "iopub", "stream", { name: "stdout", text: "late" }, { parent: { msg_id: "there.ipynb" } }),
      );
      // A notebook may still have the kernel of the account.
      run(there.journals, "there.ipynb", server, "again");
      run(here.journals, "new.ipynb", server);
      assert.equal(readdirSync(folder).length, 1);
      assert.deepEqual([holds("late"), holds("again"), window().of("bob.ipynb").read().runs.length], [false, false, 1]);
      await here.hubs.signOut(bob);
      assert.deepEqual(kept(), []);
    });

    it("are written again once it is signed in again", async () => {
      const { hubs, journals } = open();
      const account = await signIn(hubs, hub);
      run(journals, "a.ipynb", serverId(account, "ana", ""));
      await hubs.signOut(account);
      run(journals, "a.ipynb", serverId(account, "ana", ""));
      assert.deepEqual(kept(), []);
      await signIn(hubs, hub);
      run(journals, "a.ipynb", serverId(account, "ana", ""));
      assert.ok(holds(secretCode));
    });

    it("do not keep it from being signed out of, whatever befalls them", async () => {
      mayLog(/The disk is gone/);
      const hubs = new Hubs(ports);
      const journals = Object.assign(window(), { forgetAccount: () => assert.fail("The disk is gone") });
      ends.push(hubs, forgetSignedOut(hubs, journals));
      const account = await signIn(hubs, hub);
      assert.equal(await hubs.signOut(account), true);
      assert.deepEqual([hubs.accounts, ports.secrets.size], [[], 0]);
    });

    it("do not keep it from being signed out of where they cannot be deleted, and that is logged", async () => {
      const errors: string[] = [];
      const hubs = new Hubs(ports);
      const journals = window({ ...nullLogger, error: (message) => void errors.push(message) });
      ends.push(hubs, forgetSignedOut(hubs, journals));
      const account = await signIn(hubs, hub);
      run(journals, "a.ipynb", serverId(account, "ana", ""));
      // Root may delete from a folder that is closed to everybody, so the system's own refusal is stood in for.
      const refused = mock.method(fs, "rmSync", () => {
        throw Object.assign(new Error("EACCES: permission denied, rmdir"), { code: "EACCES" });
      });
      syncBuiltinESMExports();
      try {
        await hubs.signOut(account);
        assert.equal(refused.mock.callCount(), 1);
      } finally {
        refused.mock.restore();
        syncBuiltinESMExports();
      }
      assert.deepEqual(hubs.accounts, []);
      assert.equal(ports.secrets.size, 0);
      assert.match(errors.join(), /could not be deleted/);
    });
  });

  it("are those of no other: neither of a name that begins alike nor of another hub", () => {
    const journals = window();
    const others = [
      "https://hub.example.org/#anabel/",
      "https://hub.example.org/#ana%2Fx/",
      "https://hub.example.org/x/#ana/",
      "https://hub.example.org:8443/#ana/",
    ];
    for (const server of [...others, `${ana}/`, `${ana}/shared/mallory/trap`]) run(journals, server, server);
    journals.forgetAccount(ana);
    assert.deepEqual(
      others.map((server) => window().of(server).read().runs.length),
      others.map(() => 1),
    );
    assert.equal(readdirSync(folder).length, others.length);
  });

  it("of an earlier version are known by the kernel that they name, and those of nobody go too", () => {
    const journals = window();
    const kernel = (server: string): JsonRecord => ({ kind: "kernel", server, spec: "python3", kernelId: "k", path: "x", clientId: "c" });
    for (const [name, records] of Object.entries({
      mine: [kernel(`${ana}/`)],
      theirs: [kernel("https://hub.example.org/#bob/")],
      nobodys: [],
    })) {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, "owner"), "4c1c9d6e-0000-4000-8000-000000000000");
      writeFileSync(join(folder, name, "log"), Buffer.concat(records.map(encodeRecord)));
    }
    journals.forgetAccount(ana);
    assert.deepEqual(readdirSync(folder), ["theirs"]);
  });

  it("are readable by their person only, whatever the system's default", function () {
    if (process.platform === "win32") this.skip();
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    const check = (): void => {
      const directories = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
      assert.deepEqual(directories.map(mode), ["700", "700"]);
      for (const name of [/blob-/, /log$/, /owner$/])
        assert.ok(
          kept().some((file) => name.test(file)),
          String(name),
        );
      assert.deepEqual(
        kept().map(mode),
        kept().map(() => "600"),
      );
    };
    const before = process.umask(0);
    try {
      const journal = run(window(), "a.ipynb", `${ana}/`);
      journal.receive(
        "a.ipynb",
        createMessage("kernel", "iopub", "stream", { name: "stdout", text: "x".repeat(512 * 1024) }, { parent: { msg_id: "a.ipynb" } }),
      );
      check();
      journal.write({ kind: "settled", id: "b", endTime: 1 });
      journal.forget(["b"]); // writes the log anew
      check();
    } finally {
      process.umask(before);
    }
  });

  for (const file of [
    "../../victim",
    "../victim",
    "/etc/hostname",
    "blob-../../../victim",
    "blob-0123",
    `blob-${"a".repeat(36)}/..`,
    "..\\..\\victim",
    "",
  ]) {
    it(`lead to no other file: ${JSON.stringify(file)}`, () => {
      const victim = join(root, "victim");
      writeFileSync(victim, "precious");
      const journal = run(window(), "a.ipynb", `${ana}/`);
      journal.write({ kind: "blob", id: "a.ipynb", at: 1, file }, { kind: "settled", id: "a.ipynb", endTime: 2 });
      assert.equal(journal.read().runs[0]?.messages.length, 1, "nothing was read from there");
      journal.forget(["a.ipynb"]);
      assert.equal(readFileSync(victim, "utf8"), "precious");
      assert.deepEqual(journal.read().runs, []);
    });
  }

  describe("after a month", () => {
    const age = (path: string, days: number): void =>
      utimesSync(path, new Date(Date.now() - days * day), new Date(Date.now() - days * day));
    const aged = (key: string, days: Readonly<Record<"." | "owner" | "log", number>>): Journal => {
      const journal = run(window(), key, `${ana}/`);
      for (const [name, age_] of Object.entries(days)) age(join(journal.directory, name), age_);
      return journal;
    };

    it("are gone where nobody has written to them, and only there", async () => {
      const old = aged("old.ipynb", { ".": 31, owner: 31, log: 31 });
      const appended = aged("appended.ipynb", { ".": 31, owner: 31, log: 1 });
      const silent = aged("silent.ipynb", { ".": 31, owner: 31, log: 31 });
      silent.touch();
      window();
      await waitFor("the old one to go", () => !existsSync(old.directory), 5_000);
      assert.ok(existsSync(appended.directory), "in use: its log was written to");
      assert.ok(existsSync(silent.directory), "in use: its window is there, its cell says nothing");
    });

    it("are not kept by a window whose turn is over", () => {
      const first = run(window(), "a.ipynb", `${ana}/`);
      run(window(), "a.ipynb", `${ana}/`, "b");
      age(join(first.directory, "owner"), 31);
      first.touch();
      assert.ok(Date.now() - statSync(join(first.directory, "owner")).mtimeMs > 30 * day);
    });
  });
});
