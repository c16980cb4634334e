// Details of servers and kernels as text, and code for other clients: what is in them, and that no secret is.
import assert from "node:assert/strict";
import type { KnownKernel } from "../../../../src/app/kernels/kernelActions";
import { RecentErrors } from "../../../../src/app/recentErrors";
import type { ServerRow } from "../../../../src/app/hubTree/rows";
import type { Server } from "../../../../src/app/servers/server";
import { nullLogger } from "../../../../src/base/log";
import { connectionCode } from "../../../../src/ui/kernels/connectionCode";
import { StartReports } from "../../../../src/ui/servers/startReports";
import { serverView } from "../../../../src/ui/sidebar/serverView";
import { kernelDetails, serverDetails, type DetailsFacts } from "../../../../src/ui/sidebar/detailsText";

const account = { id: "a", hub: new URL("https://hub.example.org/"), userName: "ana", label: "ana @ hub.example.org", isOnHub: true };
// What the text does not ask for is left out.
const server = {
  ...{ id: "a/", account, owner: "ana", name: "", displayName: "", label: account.label, state: "running" },
  model: { started: "2026-01-01T00:00:00Z", last_activity: "2026-01-01T01:00:00Z" },
  lastOptions: { profile: "gpu", env: { API_TOKEN: "do-not-show", password: "nor-this" }, git_pat: "nor-that" },
  shownOptions: [{ name: "profile", value: "gpu" }, { name: "env" }, { name: "git_pat" }],
  kernelSpecs: {
    default: "python3",
    specs: [
      {
        name: "python3",
        displayName: "Python 3",
        language: "python",
        argv: ["/opt/env/bin/python", "-m", "ipykernel_launcher"],
        interruptMode: "signal",
        metadata: {},
        resources: {},
      },
    ],
  },
} as unknown as Server;
const kernel = {
  ...{ server, id: "k-1" },
  model: { id: "k-1", name: "python3", execution_state: "idle", connections: 2, last_activity: "2026-01-01T01:00:00Z" },
  session: { id: "s-1", path: "work/x.ipynb", name: "x.ipynb", type: "notebook", kernel: null },
} as unknown as KnownKernel;

function facts(change: Partial<DetailsFacts> = {}): DetailsFacts {
  return { versions: "0.1.0", words: [], kernels: [], errors: [], keptUntil: undefined, ...change };
}

describe("details", () => {
  it("of a server tell its state, the words of its start, its kernels and the last errors", () => {
    const starts = new StartReports(nullLogger);
    starts.note(server, { fraction: 0.5, message: "Pulling image" });
    starts.note(server, undefined);
    const errors = new RecentErrors();
    errors.note("a/", new Error("It broke."), 0);
    errors.note("a/", new Error("It broke."), 60_000);
    const text = serverDetails(server, facts({ words: starts.wordsOf(server), kernels: [kernel], errors: errors.of("a/") }));
    for (const part of [
      "State: running",
      "Started: 2026-01-01T00:00:00Z",
      "50%  Pulling image",
      "work/x.ipynb: Python 3, idle, 2 connections",
      "1970-01-01T00:01:00Z (2 times): It broke.",
    ]) {
      assert.ok(text.includes(part), `${part} is not in\n${text}`);
    }
  });

  it("of a server tell what it uses of its limits, where it says so", () => {
    const usage = { memory: 431_000_000, memoryLimit: 2 ** 31, cores: 0.42, coreLimit: 2 };
    assert.match(serverDetails(server, facts({ usage })), /Memory: 411 MB of 2 GB\n- CPU: 0.4 of 2 cores/);
    const unlimited = { memory: 1_073_000_000, memoryLimit: undefined, cores: 1, coreLimit: undefined };
    assert.match(serverDetails(server, facts({ usage: unlimited })), /Memory: 1 GB\n- CPU: 1 core\n/);
    assert.doesNotMatch(serverDetails(server, facts()), /Memory|CPU/);
  });

  it("hold no secret of the options or of messages", () => {
    const errors = [{ at: 0, times: 1, message: "GET https://hub.example.org/user/ana/api?token=abcdef failed" }];
    const text = serverDetails(server, facts({ errors }));
    assert.ok(text.includes("- profile: gpu\n- env\n- git_pat\n"), text);
    for (const secret of ["do-not-show", "nor-this", "nor-that", "abcdef"]) assert.ok(!text.includes(secret), text);
  });

  it("of a server's row hold no values of options but those that the hub's page offers", () => {
    const { tooltip = "" } = serverView({ kind: "server", server } as unknown as ServerRow, 0);
    assert.match(tooltip, /^Options: profile: gpu, env, git_pat$/m);
    for (const secret of ["do-not-show", "nor-this", "nor-that"]) assert.ok(!tooltip.includes(secret), tooltip);
  });

  it("have no link in them, and no line that somebody else has begun", () => {
    const words = "[Sign in](command:workbench.action.terminal.new) <command:x.y>\n```\n[a]: command:x.y\n# Forged";
    const model = { id: "k-2", name: words, execution_state: "idle", connections: 1 };
    const strange = {
      ...server,
      ...{ displayName: words, account: { ...account, label: words }, shownOptions: [{ name: words, value: words }, { name: words }] },
      kernelSpecs: {
        default: "x",
        specs: [{ name: words, displayName: words, language: words, argv: [words], interruptMode: words, metadata: {}, resources: {} }],
      },
    } as unknown as Server;
    const strangeKernel = {
      server: strange,
      id: words,
      model,
      session: { id: words, path: words, name: words, type: words, kernel: null },
    } as unknown as KnownKernel;
    const info = {
      status: "ok",
      protocol_version: words,
      implementation: words,
      implementation_version: words,
      banner: words,
      language_info: { name: words, version: words },
      supported_features: [],
    };
    const all = facts({
      words: [{ at: 0, fraction: 0, message: words }],
      kernels: [strangeKernel],
      errors: [{ at: 0, times: 1, message: words }],
    });
    for (const text of [serverDetails(strange, all), kernelDetails(strangeKernel, info, all)]) {
      assert.ok(text.includes("Sign in"));
      assert.doesNotMatch(text, /\]\(|<\w+:/);
      const outside = text
        .split(/^```$/m)
        .filter((_, index) => index % 2 === 0)
        .join("");
      assert.doesNotMatch(outside, /^\s*(\[|# Forged)/m);
      assert.equal(text.match(/^```$/gm)?.length, 2, text);
    }
  });

  it("of a kernel tell what it is, and what it says of itself where that is known", () => {
    const info = {
      status: "ok",
      protocol_version: "5.3",
      implementation: "ipython",
      implementation_version: "9.1",
      banner: "Hello",
      language_info: { name: "python", version: "3.12" },
      supported_features: [],
    };
    const text = kernelDetails(kernel, info, facts());
    for (const part of [
      "Kernel of x.ipynb",
      "Environment: /opt/env/bin/python",
      "Id: k-1",
      "Path: work/x.ipynb",
      "Connections: 2",
      "ipython 9.1",
      "python 3.12",
      "Protocol: 5.3",
      "Hello",
    ])
      assert.ok(text.includes(part), `${part} is not in\n${text}`);
    assert.match(kernelDetails(kernel, undefined, facts()), /no notebook of this window is connected/);
  });
});

describe("code that connects to a kernel", () => {
  it("names server and kernel, and takes the token from the environment", () => {
    const code = connectionCode({ url: new URL("https://u:p@hub.example.org/user/ana/?token=abc"), kernelId: "k-1" });
    assert.ok(code.includes('server = "https://hub.example.org/user/ana/"') && code.includes('kernel = "k-1"'));
    assert.ok(code.includes('os.environ["JUPYTERHUB_API_TOKEN"]'));
    assert.ok(!/abc|u:p/.test(code));
  });
});

describe("recent errors", () => {
  it("are counted when they come again, and only so many are kept", () => {
    const errors = new RecentErrors();
    for (let index = 0; index < 30; index++) errors.note("x", new Error(`${index}`), index);
    errors.note("x", new Error("29"), 100);
    assert.equal(errors.of("x").length, 20);
    assert.deepEqual(errors.of("x").at(-1), { at: 100, times: 2, message: "29" });
  });
});
