// The tests of what a hostile server names: kernels, sessions, terminals, files, and its reasons. They share a window with others.
import { mayLog } from "../../harness/results/loggedErrors";
import type { PersonWindow } from "../../harness/vscode/window";
import type { FakeJupyterServer } from "../../fakes/jupyterServer";
import { icon, type Baits } from "./baits";
import { addressOf, startHostileServer } from "./hostileServer";
import { reversedMark, reversedName, type ShownWords } from "./shownWords";

/** Call inside `describe`. */
export function serverWords(window: () => PersonWindow, baits: Baits, words: ShownWords): void {
  describe("and a hostile server", () => {
    const kernel = baits.command("Python 3");
    const session = baits.command("Thesis");
    const terminal = baits.command("Shell");
    const file = baits.command("Read me");
    let server: FakeJupyterServer;

    before(async () => {
      const kernels = [kernel.text, `${icon.text} Warning`, reversedName];
      server = await startHostileServer({
        kernels,
        session: `${session.text}.ipynb`,
        terminal: terminal.text,
        files: [`${file.text}.ipynb`, `${icon.text} data.csv`, reversedName],
      });
      const { quickInput } = window().workbench;
      await quickInput.command("JupyterHub Connect: Sign In…");
      await quickInput.answer(/address of your JupyterHub/i, addressOf(server));
      await window().workbench.notification(/^Signed in as/);
    });
    after(() => server.stop());

    it("shows the names of kernels, sessions and terminals in its rows as words", async () => {
      const { workbench } = window();
      await workbench.clearNotifications();
      await workbench.sideBar.open("JupyterHub Connect");
      await workbench.sideBar.expand(/Kernel specs/);
      await workbench.sideBar.expand(/Without a notebook/);
      await workbench.sideBar.row(/^ *Terminal \[Shell/);
      await words.areRead("sidebar", session.words, "session-rows");
      await words.areRead("sidebar", kernel.words, "session-rows");
      await words.areRead("sidebar", icon.text, "session-rows");
      await words.areRead("sidebar", reversedMark, "session-rows");
      await words.areRead("sidebar", terminal.words, "session-rows");
      await workbench.sideBar.rowHover(/Thesis/);
      await words.areRead("hover", session.words, "session-hover");
    });

    it("asks about terminals, kernels and sessions in words", async () => {
      const { workbench } = window();
      await workbench.sideBar.rowAction(/^ *Terminal \[Shell/, /End Terminal/);
      await words.areRead("dialog", terminal.words, "terminal-dialog");
      await workbench.answerDialog(/Shell/, "Cancel");
      await workbench.quickInput.command("JupyterHub Connect: Shut Down Idle Kernels…");
      await workbench.quickInput.pick(/^Every idle kernel/);
      await words.areRead("dialog", session.words, "idle-dialog");
      await workbench.answerDialog(/Shut down/, "Cancel");
    });

    it("shows the names of kernels in the picker, the notebook and the status bar as words", async () => {
      const { workbench } = window();
      await workbench.sideBar.open("Explorer");
      await workbench.openNotebook("sample.ipynb");
      await workbench.notebook.openKernelPicker();
      await workbench.quickInput.pick(/JupyterHub Connect/);
      await workbench.quickInput.waitForEntry(/Warning/);
      await words.areRead("quickInput", icon.text, "kernel-picker");
      await words.areRead("quickInput", kernel.words, "kernel-picker");
      await words.areRead("quickInput", reversedMark, "kernel-picker");
      await workbench.quickInput.pick(/^[^,]*Python 3(?!.* of )/);
      await words.areRead("notebook", kernel.words, "kernel-label");
      await workbench.kernelStatus.hover();
      await words.areRead("hover", kernel.words, "kernel-status");
    });

    it("shows the names of its files, and why one cannot be read, as words", async () => {
      mayLog(/openServerNotebook failed: HttpError: .* answered api\/contents\/.* with an error \(500\)/);
      const { workbench } = window();
      const reason = baits.command("Mount it again");
      await workbench.quickInput.command("JupyterHub Connect: Open Notebook on Server…");
      await workbench.quickInput.pick(new RegExp(`^${new URL(server.url).host}`));
      await workbench.quickInput.waitForEntry(/Read me/);
      await words.areRead("quickInput", file.words, "file-names");
      await words.areRead("quickInput", icon.text, "file-names");
      await words.areRead("quickInput", reversedMark, "file-names");
      server.on(`GET /api/contents/${encodeURIComponent(`${file.text}.ipynb`)}`, { status: 500, json: { message: reason.text } });
      await workbench.quickInput.pick(/Read me/);
      await words.arePlain("notifications", reason, "file-reason");
    });
  });
}
