// The questions of signing in, in VS Code's input boxes.
import * as vscode from "vscode";
import { ProductError } from "../../base/errors";
import { hubName } from "../../hub/api/hubName";
import { cleanToken, type PasswordAnswer, type PasswordQuestion, type SignInPort, type TokenQuestion } from "../../hub/signIn/signIn";
import { confirm } from "../confirm";
import { warnOfSetting } from "../report";
import { offerClipboardToken } from "./clipboard";
import { ask, type BoxButton } from "./inputBox";

/** The prompts of `signIn`. */
export const signInPrompts = { askToken, askPassword, confirmPlainHttp, confirmOtherHost, warnUnverified } satisfies SignInPort;

/** Asks for a token; where the hub's pages are the way in, the one that makes tokens opens at once. */
async function askToken({ hub, tokenPage, byBrowser, problem }: TokenQuestion): Promise<string | undefined> {
  const common = { title: `Sign in to ${hubName(hub)}`, password: true, ...(problem !== undefined && { problem }) };
  if (!tokenPage) {
    const answer = await ask({
      ...common,
      prompt: `${hubName(hub)} is a Jupyter server without a hub. Paste its token, or type its password.`,
      placeholder: "Token or password",
      check: (text) => notEmpty(text, "The server printed its token where it was started."),
    });
    return answer && "text" in answer ? answer.text : undefined;
  }
  const open = (): Thenable<boolean> => vscode.env.openExternal(vscode.Uri.parse(tokenPage.href, true));
  if (byBrowser) void open();
  const answer = await ask({
    ...common,
    prompt: byBrowser
      ? "Your browser shows the hub's token page: sign in there, request a token, copy it, and come back here."
      : `Paste a token of ${hubName(hub)}. Make one on the hub's token page (button above).`,
    placeholder: "Token",
    buttons: [{ icon: "link-external", tooltip: "Open the Hub's Token Page in the Browser", run: open }],
    check: cleanToken,
    whileOpen: (box) => offerClipboardToken(box, hub),
  });
  return answer && "text" in answer ? answer.text : undefined;
}

const useToken: BoxButton = { icon: "key", tooltip: "Sign In with a Token Instead", answer: "token" };

/** Asks for name, password and whatever else the hub's form has, one box each. */
async function askPassword({ hub, user, further, problem }: PasswordQuestion): Promise<PasswordAnswer | "token" | undefined> {
  const title = `Sign in to ${hubName(hub)}`;
  const name = await ask({
    title,
    prompt: "Your user name on this hub.",
    placeholder: "User name",
    ...(user !== undefined && { value: user }),
    ...(problem !== undefined && { problem }),
    buttons: [useToken],
    check: (text) => notEmpty(text.trim(), "Type your user name on this hub."),
  });
  if (!name) return undefined;
  if (!("text" in name)) return "token";
  const userName = name.text.trim();
  const password = await ask({
    title,
    prompt: `The password of ${userName}. It is sent to the hub once, and kept nowhere.`,
    placeholder: "Password",
    password: true,
    buttons: [useToken],
    check: (text) => notEmpty(text, "Type your password."),
  });
  if (!password) return undefined;
  if (!("text" in password)) return "token";
  const answers: Record<string, string> = {};
  for (const field of further) {
    const answer = await ask({ title, prompt: `The hub also asks for: ${field.label}.`, placeholder: field.label });
    if (!answer || !("text" in answer)) return undefined;
    answers[field.name] = answer.text;
  }
  return { userName, password: password.text, further: answers };
}

function confirmPlainHttp(url: URL): Promise<boolean> {
  const detail =
    "Everybody on the network can read your password, your token and your work, and use your account. Ask for an https address.";
  return confirm({ title: `${url.host} is not encrypted (http).`, detail, button: "Sign In Anyway" });
}

function warnUnverified({ host }: URL): void {
  const text = `Whether ${host} is your hub is not checked: the setting http.proxyStrictSSL is off. Anybody on the way there can pass for it, and read your password, your token and your work.`;
  void warnOfSetting(text, "http.proxyStrictSSL");
}

function confirmOtherHost(pasted: URL, hub: URL): Promise<boolean> {
  const foreign = hub.host.includes("xn--")
    ? " It holds letters of another script (xn--), which may look like those of a name that you know."
    : "";
  const detail = `Your token or password goes to ${hub.host}. Go on only if you know it as your hub's.${foreign}`;
  return confirm({ title: `${pasted.host} leads to a hub on another host: ${hub.host}`, detail, button: `Sign In to ${hub.host}` });
}

function notEmpty(text: string, otherwise: string): void {
  if (text === "") throw new ProductError("usage", otherwise);
}
