// The tests of what the settings of a trusted folder may say of hubs. They share a window and a hub with others.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { FakeHub, Received } from "../../fakes/hub";
import { freePort } from "../../harness/processes/ports";
import { waitFor } from "../../harness/processes/wait";
import type { PersonWindow } from "../../harness/vscode/window";
import type { Baits } from "./baits";
import type { ShownWords } from "./shownWords";

/** Call inside `describe`. */
export function folderSettings(window: () => PersonWindow, hub: () => FakeHub, baits: Baits, words: ShownWords): void {
  describe("and a hostile folder", () => {
    const settings = (): string => path.join(window().folder, ".vscode");
    const write = (hubs: readonly object[]): void => {
      mkdirSync(settings(), { recursive: true });
      writeFileSync(path.join(settings(), "settings.json"), JSON.stringify({ "jupyterhubConnect.hubs": hubs }));
    };
    after(() => rmSync(settings(), { recursive: true, force: true }));

    it("says in words what is wrong with a folder's settings", async () => {
      const property = baits.page("Fix it");
      write([{ url: "https://hub.example.org", [property.text]: 1 }]);
      await window().workbench.notification(/cannot be used/);
      await words.arePlain("notifications", property, "folder-property");
    });

    it("shows what a folder calls a hub as words", async () => {
      const { quickInput } = window().workbench;
      const label = baits.page("Your University");
      write([{ url: "https://hub.example.org", label: label.text }]);
      await waitFor(
        "the hub to be offered",
        async () => {
          await quickInput.dismiss();
          await quickInput.command("JupyterHub Connect: Sign In…");
          await quickInput.expect(/JupyterHub/);
          return (await quickInput.entries()).some((entry) => entry.includes(label.words));
        },
        20_000,
      );
      await words.areRead("quickInput", label.words, "folder-label");
    });

    it("reads no file of this computer for a hub that a folder names, sends none, and says so", async () => {
      const { workbench, server } = window();
      const { quickInput } = workbench;
      const secret = `PRIVATE-KEY-${baits.mark}`;
      const clientSecretFile = path.join(server.directory, "private-key");
      writeFileSync(clientSecretFile, secret);
      leadsStraightBack(hub());
      const oauth = { clientId: "x", clientSecretFile, redirectUri: `http://127.0.0.1:${await freePort()}/callback` };
      write([{ url: hub().url.href, label: "Example University", oauth }]);
      const told = workbench.notification(/oauth.*own settings/);
      told.catch(() => undefined); // awaited below
      await quickInput.command("JupyterHub Connect: Sign In…");
      await quickInput.expect(/JupyterHub/);
      if ((await quickInput.entries()).some((entry) => entry.startsWith("Example University"))) {
        await quickInput.pick(/^Example University/);
        const asked = (): boolean => hub().asked.some((operation) => operation.includes("oauth2/token"));
        await waitFor("what comes of it", async () => asked() || (await quickInput.shown(/user name/i)) !== undefined, 30_000);
      }
      const got = hub().received.filter((received) => JSON.stringify(received).includes(secret));
      assert.deepEqual(
        got.map(({ method, path: at }) => `${method} ${at}`),
        [],
        "requests that carry the file",
      );
      await told;
      await workbench.page.screenshot({ path: "out/screenshots/security-folder-oauth.png" });
    });
  });
}

/** Its authorization page asks nobody anything: whoever is sent there comes back with a code at once. */
function leadsStraightBack(hub: FakeHub): void {
  hub.on("GET /hub/api/oauth2/authorize", ({ path: asked }: Received) => {
    const query = new URL(asked, hub.url).searchParams;
    const back = new URL(query.get("redirect_uri") ?? "");
    back.searchParams.set("code", "a-code");
    back.searchParams.set("state", query.get("state") ?? "");
    return { status: 302, headers: { location: back.href } };
  });
  hub.on("POST /hub/api/oauth2/token", { json: { access_token: "good-token", token_type: "Bearer", expires_in: 3600 } });
}
