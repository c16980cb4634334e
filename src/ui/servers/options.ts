// Choosing what a server starts with, in as few steps as there are choices.
import * as vscode from "vscode";
import type { Server, ShownOption, UserOptions } from "../../app/servers/server";
import { hasCode, messageOf } from "../../base/errors";
import { readSpawnForm, type SpawnPage } from "../../hub/pages/pages";
import {
  preselecting,
  problemWith,
  userOptionsOf,
  type OptionAnswer,
  type SpawnForm,
  type SpawnOption,
  type SpawnProfile,
} from "../../hub/pages/spawnForm";
import type { AppContext } from "../context";
import { withPatience } from "../patience";
import { createInputBox, createQuickPick } from "../say/boxes";
import { showInformationMessage, showWarningMessage } from "../say/messages";
import { spawnPage } from "./pages";
import { pageSession } from "./pageSession";
import type { HowToStart } from "./start";

/** One way to go on from the first question. */
type Way =
  | { readonly kind: "profile"; readonly profile: SpawnProfile }
  | { readonly kind: "last"; readonly options: UserOptions | undefined }
  | { readonly kind: "form" | "browser" | "json" };

type Item<T> = vscode.QuickPickItem & { readonly value: T };

const back = Symbol("back");

/**
 * Asks how to start the server: the hub's profiles where they are known, else what leads to them.
 * @returns undefined where the user cancelled
 * @throws ProductError where the hub cannot be asked
 */
export async function askHowToStart(app: AppContext, server: Server): Promise<HowToStart | undefined> {
  // Where a hub has nothing to choose, asking for its page starts the server: only who has been here before skips a step.
  const isAtHand = app.spawnForms.isKnown(server) && server.account.pageSession.cookies !== undefined;
  let page = isAtHand ? await readPage(app, server) : undefined;
  for (;;) {
    if (page && page.kind !== "form") return {};
    const form = page?.form;
    const way = await askWay(app, server, form);
    switch (way?.kind) {
      case undefined:
        return undefined;
      case "last":
        // The hub knows options of which this window does not know all values.
        return way.options ? { start: { userOptions: way.options } } : {};
      case "browser":
        await vscode.env.openExternal(vscode.Uri.parse(spawnPage(server).href, true));
        return { elsewhere: true };
      case "json": {
        const options = await askJson(server);
        if (options === back) continue;
        return options && { start: { userOptions: options } };
      }
      case "form":
        page = await readPage(app, server);
        continue;
      case "profile": {
        const answer = await askOptions(server, way.profile);
        if (answer === back) continue;
        return answer && { start: { userOptions: answer } };
      }
    }
  }
}

/** The hub's page with the last choice preselected; undefined, after a message to the user, where it cannot be had. */
async function readPage(app: AppContext, server: Server): Promise<SpawnPage | undefined> {
  const { account, owner, name } = server;
  const title = `Asking ${account.label} what there is to choose…`;
  try {
    const cookies = await pageSession(app, account);
    if (cookies === undefined) return undefined;
    const page = await withPatience(title, (signal) => readSpawnForm(account.client.settings, cookies, owner, name, { signal }));
    await app.spawnForms.note(server, page.kind === "form" ? page.form : undefined);
    if (page.kind === "form") return { ...page, form: preselecting(page.form, server.lastOptions) };
    if (page.kind === "started") {
      void showInformationMessage(`${account.label} has nothing to choose for a server: it starts as it always does.`);
    }
    return page;
  } catch (error) {
    if (hasCode(error, "aborted")) throw error;
    app.log.warn(`${server.label}: the spawn page could not be read`, error);
    void showWarningMessage(messageOf(error));
    return undefined;
  }
}

async function askWay(app: AppContext, server: Server, form: SpawnForm | undefined): Promise<Way | undefined> {
  const items: (Item<Way> | vscode.QuickPickItem)[] = [];
  const { lastOptions, otherOptions = [], shownOptions = [] } = server;
  if (lastOptions) {
    items.push({
      label: "As the Last Time",
      iconPath: icon("history"),
      description: summary(shownOptions, form),
      value: { kind: "last", options: otherOptions.length === 0 ? lastOptions : undefined },
    });
  }
  const profiles = form?.profiles ?? [];
  if (profiles.length > 0) items.push(separator("Profiles"));
  for (const profile of profiles) {
    const label = profile.displayName || "Choose…";
    const more = profile.options.map(({ displayName }) => displayName).join(", ");
    items.push({ label, description: more, detail: profile.description, value: { kind: "profile", profile } });
  }
  items.push(separator("Other Ways"));
  const hasSession = server.account.pageSession.cookies !== undefined;
  if (!form && (hasSession || app.spawnForms.isKnown(server))) {
    const detail = hasSession
      ? "A hub without choices starts the server at once."
      : "Asks for your password on the hub, whose pages take no token.";
    items.push({ label: "Choose from What the Hub Offers…", iconPath: icon("list-selection"), detail, value: { kind: "form" } });
  }
  const detail = form?.hasUnknownFields
    ? "The hub's page asks for more than can be shown here. The start is followed here."
    : "Opens the hub's page; the start is followed here.";
  items.push({ label: "Choose in the Browser…", iconPath: icon("link-external"), detail, value: { kind: "browser" } });
  items.push({
    label: "Options as JSON…",
    iconPath: icon("json"),
    detail: "For those who know what the hub's spawner takes.",
    value: { kind: "json" },
  });
  const preselected = items.find((item) => "value" in item && item.value.kind === "profile" && item.value.profile.isDefault);
  const answer = await pick(items, {
    title: `Start ${server.label}`,
    placeholder: "What shall it start with?",
    active: preselected,
    canGoBack: false,
  });
  return answer === back ? undefined : answer;
}

/** Each option of a profile in turn; one with a single value is no question. */
async function askOptions(server: Server, profile: SpawnProfile): Promise<UserOptions | typeof back | undefined> {
  const questions = profile.options.filter(({ choices, freeText }) => choices.length > 1 || freeText);
  const answers = new Map<string, OptionAnswer>();
  for (let step = 0; step < questions.length;) {
    const option = questions[step];
    if (!option) break;
    const title = `${server.label} · ${profile.displayName || "Options"} (${step + 1}/${questions.length})`;
    const answer = await askOption(title, option);
    if (answer === undefined) return undefined;
    if (answer === back && step === 0) return back;
    if (answer === back) {
      step--;
      continue;
    }
    answers.set(option.name, answer);
    step++;
  }
  return userOptionsOf(profile, answers);
}

async function askOption(title: string, option: SpawnOption): Promise<OptionAnswer | typeof back | undefined> {
  const { choices, freeText, preselected } = option;
  const items: Item<OptionAnswer | "other">[] = choices.map(({ value, displayName }) => ({
    label: displayName,
    ...(displayName !== value && { description: value }),
    value: { choice: value },
  }));
  if (freeText) items.push({ label: freeText.displayName, iconPath: icon("edit"), value: "other" });
  const at = freeText?.preselected === undefined ? choices.findIndex(({ value }) => value === preselected) : choices.length;
  for (;;) {
    const answer = await pick(items, { title, placeholder: option.displayName, active: items[at], canGoBack: true });
    if (answer !== "other" || !freeText) return answer === "other" ? undefined : answer;
    const text = await askText({
      title,
      prompt: freeText.hint ?? option.displayName,
      value: freeText.preselected ?? "",
      problem: (typed) => problemWith(freeText, typed),
    });
    if (text === undefined) return undefined;
    if (text !== back) return { text };
  }
}

async function askJson(server: Server): Promise<UserOptions | typeof back | undefined> {
  const { otherOptions = [] } = server;
  const missing = otherOptions.length === 0 ? "" : ` Of the last time the hub alone remembers ${otherOptions.join(", ")}.`;
  const answer = await askText({
    title: `Options of ${server.label}`,
    prompt: `A JSON object, such as {"profile": "gpu"}; {} for the hub's defaults.${missing}`,
    value: JSON.stringify(server.lastOptions ?? {}),
    problem: (text) => {
      try {
        return isObject(JSON.parse(text)) ? undefined : "This is JSON, but no object: it begins with { and ends with }.";
      } catch (error) {
        return `This is no JSON: ${messageOf(error)}.`;
      }
    },
  });
  if (answer === undefined || answer === back) return answer;
  const value: unknown = JSON.parse(answer);
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Options in the words of the form where it has some, else as they may be shown. */
function summary(options: readonly ShownOption[], form: SpawnForm | undefined): string {
  const chosen = options.find(({ name }) => name === "profile")?.value;
  const profile = form?.profiles.find(({ slug }) => slug === chosen || slug === "");
  return options
    .map(({ name, value }) => {
      if (name === "profile" && profile) return profile.displayName;
      const option = profile?.options.find((each) => each.name === name.replace(/--unlisted-choice$/, ""));
      const choice = option?.choices.find((each) => each.value === value);
      return choice?.displayName ?? value ?? option?.displayName ?? name;
    })
    .join(", ");
}

function icon(name: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name);
}

function separator(label: string): vscode.QuickPickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

interface PickOptions {
  readonly title: string;
  readonly placeholder: string;
  /** The item that Enter takes. */
  readonly active: vscode.QuickPickItem | undefined;
  readonly canGoBack: boolean;
}

/** A quick pick with a preselected item, and a way back. */
function pick<T>(items: readonly (Item<T> | vscode.QuickPickItem)[], options: PickOptions): Promise<T | typeof back | undefined> {
  const box = createQuickPick<Item<T> | vscode.QuickPickItem>();
  box.title = options.title;
  box.placeholder = options.placeholder;
  box.matchOnDescription = true;
  box.matchOnDetail = true;
  box.ignoreFocusOut = true;
  box.items = items;
  if (options.active) box.activeItems = [options.active];
  if (options.canGoBack) box.buttons = [vscode.QuickInputButtons.Back];
  return answerOf(box, () => {
    const [chosen] = box.activeItems;
    return chosen && "value" in chosen ? { value: chosen.value } : undefined;
  });
}

interface TextOptions {
  readonly title: string;
  readonly prompt: string;
  readonly value: string;
  readonly problem: (text: string) => string | undefined;
}

/** An input box that takes only what has no problem, with a way back. */
function askText({ title, prompt, value, problem }: TextOptions): Promise<string | typeof back | undefined> {
  const box = createInputBox();
  Object.assign(box, { title, prompt, value, ignoreFocusOut: true, buttons: [vscode.QuickInputButtons.Back] });
  box.onDidChangeValue(() => (box.validationMessage = ""));
  return answerOf(box, () => {
    box.validationMessage = problem(box.value);
    return box.validationMessage === undefined ? { value: box.value } : undefined;
  });
}

/** Resolves with `accept`'s result when the user confirms; `back` by the button; undefined where they leave. Disposes the box. */
function answerOf<T>(
  box: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>,
  accept: () => { readonly value: T } | undefined,
): Promise<T | typeof back | undefined> {
  return new Promise((resolve) => {
    let answer: T | typeof back | undefined;
    box.onDidTriggerButton(() => {
      answer = back;
      box.hide();
    });
    box.onDidAccept(() => {
      const accepted = accept();
      if (!accepted) return;
      answer = accepted.value;
      box.hide();
    });
    box.onDidHide(() => {
      box.dispose();
      resolve(answer);
    });
    box.show();
  });
}
