// What measurement groups share: a directory, bundles, client processes, and the hub, started when first needed.
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { startHub, type TestHub } from "../harness/hub/hub";
import { root } from "../harness/paths";
import { ProcessOwner } from "../harness/processes/owner";
import { startClient, type ClientProcess } from "./clientProcess";
import { startFakeServer, type FakeServer } from "./fakeServer";

/** Who is measured: ours, @jupyterlab/services, and the ws package with the plainest code. */
export const contestants = ["ours", "peer", "raw"] as const;
export type Contestant = (typeof contestants)[number];

/** The surroundings of one run; whatever it starts ends with `stop`, or with this process. */
export class Bench {
  readonly #owner = new ProcessOwner();
  readonly #bundles = new Map<string, Promise<string>>();
  #hub: Promise<TestHub> | undefined;
  #fake: Promise<FakeServer> | undefined;

  /** The one real hub of this run, with its proxy. */
  hub(): Promise<TestHub> {
    return (this.#hub ??= startHub());
  }

  /** The loopback server that sends what was prepared in advance. */
  fake(): Promise<FakeServer> {
    return (this.#fake ??= startFakeServer());
  }

  /** A fresh process that holds one contestant and nothing else, so that CPU and memory are that one's. */
  async client(name: Contestant): Promise<ClientProcess> {
    return startClient(this.#owner, name, await this.bundle(`clients/${name}.ts`));
  }

  /** A fresh process for each contestant; all end when `use` does. */
  async clients<T>(use: (clients: Readonly<Record<Contestant, ClientProcess>>) => Promise<T>): Promise<T> {
    const started = await Promise.all([this.client("ours"), this.client("peer"), this.client("raw")]);
    const [ours, peer, raw] = started;
    try {
      return await use({ ours, peer, raw });
    } finally {
      for (const client of started) client.stop();
    }
  }

  /** Bundles a file of this folder as a program for plain Node; the result's path. Made once. */
  bundle(file: string): Promise<string> {
    let made = this.#bundles.get(file);
    if (!made) this.#bundles.set(file, (made = this.#build(file)));
    return made;
  }

  /** A fresh directory, removed at the end. */
  directory(): string {
    return mkdtempSync(join(this.#owner.directory, "bench-"));
  }

  /** Starts a program as one of this run's. */
  get spawn(): ProcessOwner["spawn"] {
    return (...all) => this.#owner.spawn(...all);
  }

  /** Ends all that was started. */
  async stop(): Promise<void> {
    await Promise.allSettled([this.#hub?.then((hub) => hub.stop()), this.#fake?.then((fake) => fake.stop())]);
    await this.#owner.stop();
  }

  async #build(file: string): Promise<string> {
    const outfile = join(this.directory(), "client.cjs");
    await build({ entryPoints: [join(root, "test", "bench", file)], outfile, ...program, sourcemap: "inline" });
    return outfile;
  }
}

/**
 * As the extension is bundled. fetch-blob asks for web-streams-polyfill only where Node has no web streams, before 18;
 * the other two are native helpers of ws that it does without.
 */
export const program: BuildOptions = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["bufferutil", "utf-8-validate", "web-streams-polyfill"],
  legalComments: "none",
  logLevel: "warning",
};
