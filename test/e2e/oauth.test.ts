// Signing in through the OAuth client that an institution has configured: to a listener on this computer, and to the editor.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as v from "valibot";
import { hubScopes } from "../../src/hub/account/mint";
import { startHub, type TestHub } from "../harness/hub/hub";
import { onOldestStack, stackVersion } from "../harness/hub/shared";
import { out } from "../harness/paths";
import { ensureCodeServer } from "../harness/install/codeServer";
import { freePort } from "../harness/processes/ports";
import { waitFor } from "../harness/processes/wait";
import { samplePath } from "../harness/sample/sampleNotebook";
import { personWindow } from "./support/window";

const tokenList = v.object({ api_tokens: v.array(v.looseObject({ id: v.string(), note: v.nullable(v.string()) })) });

/** Where the hub's page leads back to. */
type Way = "a listener on this computer" | "the editor";

for (const way of ["a listener on this computer", "the editor"] as const) {
  describe(`a hub with an OAuth client that comes back to ${way}`, () => {
    let hub: TestHub;
    let directory: string;
    let redirectUri: string;
    const window = personWindow(async () => {
      const port = await freePort();
      redirectUri = await redirectTo(way, port);
      const secret = randomBytes(20).toString("hex");
      const clientId = "service-vscode";
      hub = await startHub({
        version: stackVersion,
        singleSignOn: true,
        oauthClients: [{ name: "vscode", clientId, secret, redirectUri, scopes: hubScopes }],
      });
      directory = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-oauth-"));
      const clientSecretFile = path.join(directory, "secret");
      writeFileSync(clientSecretFile, `${secret}\n`, { mode: 0o600 });
      const configured = { url: hub.url, label: "University", oauth: { clientId, clientSecretFile, redirectUri } };
      return { files: [samplePath], port, machineSettings: { "jupyterhubConnect.hubs": [configured] } };
    });
    after(async () => {
      await hub.stop();
      rmSync(directory, { recursive: true });
    });
    const tokens = async () => v.parse(tokenList, await (await hub.api("users/ana/tokens", {}, [200])).json()).api_tokens;

    it("is picked by its name, and needs the browser and one confirmation there", async () => {
      const { workbench } = window();
      const { quickInput } = workbench;
      const before = await tokens();
      const page = await workbench.openedPage(async () => {
        await quickInput.command("JupyterHub Connect: Sign In…");
        await quickInput.waitForEntry(/^University/);
        await workbench.page.screenshot({ path: path.join(out, "screenshots", "sign-in-configured.png"), animations: "disabled" });
        await quickInput.pick(/^University/);
      });
      await page.getByRole("button", { name: "Sign in with the University" }).click();
      await page.waitForURL(/oauth2\/authorize/);
      if (way === "the editor") {
        // code-server forwards addresses of this computer, and takes their queries apart; not those of a hub on the network.
        const asked = new URL(page.url());
        for (const name of [...asked.searchParams.keys()].filter((each) => each.startsWith("vscode-"))) asked.searchParams.delete(name);
        asked.searchParams.set("redirect_uri", redirectUri);
        await page.goto(asked.href);
      }
      await page.locator("form input[type=submit], form button[type=submit]").click();
      await page.getByText(way === "the editor" ? "You can close this page now" : "go back to VS Code").waitFor();
      await workbench.comeBack();
      await workbench.notification(/^Signed in as ana/);
      await page.close();
      const added = (await tokens()).filter(({ id }) => !before.some((known) => known.id === id));
      const ours = added.filter(({ note }) => note?.startsWith("JupyterHub Connect in "));
      assert.equal(ours.length, 1);
      // Hub 3 keeps the flow's own token in its list.
      assert.ok(added.length === 1 || onOldestStack, `${added.length} tokens`);
      await quickInput.command("JupyterHub Connect: Sign Out…");
      await workbench.answerDialog(/Sign out of/, "Sign Out");
      await waitFor("the revocation", async () => !(await tokens()).some(({ id }) => id === ours[0]?.id), 20_000);
    });
  });
}

async function redirectTo(way: Way, port: number): Promise<string> {
  if (way === "a listener on this computer") return `http://127.0.0.1:${await freePort()}/oauth/callback`;
  // What VS Code's own asExternalUri makes of the extension's address in this browser, for its first request.
  const { entry } = await ensureCodeServer();
  const productFile = path.join(path.dirname(entry), "..", "..", "lib", "vscode", "product.json");
  const { quality, commit } = v.parse(v.object({ quality: v.string(), commit: v.string() }), JSON.parse(readFileSync(productFile, "utf8")));
  const query = new URLSearchParams({
    "vscode-reqid": "1",
    "vscode-scheme": "code-oss",
    "vscode-authority": "jupyterhub-connect.jupyterhub-connect",
    "vscode-path": "/oauth",
  });
  return `http://localhost:${port}/${quality}-${commit}/callback?${query}`;
}
