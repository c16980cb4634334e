// What happens to a person's window, network and hub while a notebook runs.
import type { FaultProxy } from "../../harness/faultProxy";
import type { TestHub } from "../../harness/hub/hub";
import type { PersonWindow } from "../../harness/vscode/window";

export interface Scene {
  readonly window: PersonWindow;
  readonly proxy: FaultProxy;
  readonly hub: TestHub;
}

export interface Interruption {
  readonly name: string;
  /** Output may be missing, if that is said. */
  readonly mayMiss: boolean;
  /** The window's page is another one afterwards. */
  readonly reloads: boolean;
  /** Strikes; resolves when its cause is over. */
  strike(scene: Scene): Promise<void>;
}

/** How long a fault lasts, not a wait for something to happen. */
const lasting = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const interruptions: readonly Interruption[] = [
  { name: "cut", mayMiss: false, reloads: false, strike: async ({ proxy }) => proxy.cut() },
  {
    name: "half-open for 40 s",
    mayMiss: true,
    reloads: false,
    strike: async ({ proxy }) => {
      proxy.halfOpen();
      proxy.refuse();
      await lasting(40_000);
      await proxy.restore();
    },
  },
  {
    name: "proxy restart",
    // What the hub's proxy has received and not passed on dies with it.
    mayMiss: true,
    reloads: false,
    strike: async ({ hub }) => {
      await hub.stopProxyProcess();
      await hub.startProxyProcess();
    },
  },
  {
    name: "hub restart",
    mayMiss: true,
    reloads: false,
    strike: async ({ hub }) => {
      await hub.stopHubProcess();
      await hub.startHubProcess();
    },
  },
  {
    name: "window reload",
    mayMiss: false,
    reloads: true,
    strike: async ({ window }) => {
      await window.workbench.page.reload({ waitUntil: "commit" });
    },
  },
  {
    name: "VS Code closed for 20 s",
    mayMiss: false,
    reloads: true,
    strike: async ({ window: { workbench, server, folder } }) => {
      await workbench.page.goto("about:blank");
      await server.halt();
      await lasting(20_000);
      await server.resume();
      await workbench.page.goto(server.folderUrl(folder), { waitUntil: "commit" });
    },
  },
];
