// An extension of somebody else's in the same window: it shows a link of its own, knows one signature, and asks for our account.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createVSIX } from "@vscode/vsce";

/** The packaged extension. */
export interface OtherExtension {
  /** Its .vsix, to be installed. */
  readonly vsix: string;
  /** How VS Code's questions name it. */
  readonly name: string;
  dispose(): void;
}

/** Titles of its commands. */
export const otherCommands = {
  /** Shows `link` in a notification and in the prompt of an input box. */
  show: "Other: Show Link",
  /** Asks VS Code for a session of our provider; a notification says `Got …` with its access token as JSON, or why there is none. */
  ask: "Other: Ask for Session",
} as const;

/** What it shows for every call, once all others have been asked for the call's signature. */
export const otherSignature = "other(signature)";

/** Packages it. @param link what it shows, as it is */
export async function otherExtension(link: string): Promise<OtherExtension> {
  const directory = mkdtempSync(path.join(tmpdir(), "other-extension-"));
  const name = "Other Extension";
  const manifest = {
    ...{ name: "other-extension", displayName: name, publisher: "somebody-else", version: "1.0.0", engines: { vscode: "^1.100.0" } },
    ...{ main: "./main.js", files: ["main.js"], activationEvents: ["onNotebook:jupyter-notebook"] },
    contributes: {
      commands: Object.entries(otherCommands).map(([command, title]) => ({
        command: `other.${command}`,
        title: title.replace("Other: ", ""),
        category: "Other",
      })),
    },
  };
  writeFileSync(path.join(directory, "package.json"), JSON.stringify(manifest));
  writeFileSync(path.join(directory, "main.js"), program(link));
  const vsix = path.join(directory, "other-extension.vsix");
  await createVSIX({ cwd: directory, packagePath: vsix, dependencies: false, allowMissingRepository: true, skipLicense: true });
  return { vsix, name, dispose: () => rmSync(directory, { recursive: true, force: true }) };
}

function program(link: string): string {
  return `
const vscode = require("vscode");
exports.activate = ({ subscriptions }) => {
  subscriptions.push(
    vscode.commands.registerCommand("other.show", () => {
      void vscode.window.showInformationMessage(${JSON.stringify(`A control: ${link}`)});
      void vscode.window.showInputBox({ prompt: ${JSON.stringify(link)}, ignoreFocusOut: true });
    }),
    vscode.languages.registerSignatureHelpProvider("*", {
      provideSignatureHelp: () => ({ signatures: [new vscode.SignatureInformation(${JSON.stringify(otherSignature)})], activeSignature: 0, activeParameter: 0 }),
    }, "("),
    vscode.commands.registerCommand("other.ask", async () => {
      try {
        const session = await vscode.authentication.getSession("jupyterhub-connect", [], { createIfNone: true });
        void vscode.window.showInformationMessage("Got " + JSON.stringify(session.accessToken) + " of " + session.account.label);
      } catch (error) {
        void vscode.window.showInformationMessage("Got nothing: " + error.message);
      }
    }),
  );
};
`;
}
