// Client of the hub's HTML pages, which take session cookies instead of a token: the login form and the spawn page.
import { DomUtils } from "htmlparser2";
import { ProductError } from "../../base/errors";
import type { HttpAnswer } from "../../transport/http";
import { statusError } from "../../transport/httpErrors";
import { fixedToken, type ServerSettings } from "../../transport/settings";
import { encodeName, isBelow } from "../../transport/target";
import type { CallOptions } from "../api/client";
import { loginRefused, refusalOn } from "../signIn/loginRefusal";
import { parsePage } from "./page";
import { request } from "../api/request";
import { parseSpawnForm, problemOn, type SpawnForm } from "./spawnForm";

/** The outcome of requesting the spawn page of a stopped server. */
export type SpawnPage =
  /** There is something to choose. */
  | { readonly kind: "form"; readonly form: SpawnForm }
  /** There is nothing to choose: the hub has started the server with that. */
  | { readonly kind: "started" }
  /** The server is running, or starting, already. */
  | { readonly kind: "active" };

/**
 * Logs in as a browser does with a form.
 * @param settings of the hub; its token is not sent
 * @returns the session's cookies, as one secret: for `readSpawnForm`, and for SecretStorage only
 * @throws ProductError `signed-out` where the hub does not take name and password; `unsupported` where it has no such form
 */
export async function logIn(settings: ServerSettings, userName: string, password: string, options: CallOptions = {}): Promise<string> {
  const page = await ask(settings, new Cookies(), "hub/login", options);
  const cookies = new Cookies().with(page);
  const { action, hidden } = loginForm(settings, page);
  const form = { ...hidden, username: userName, password };
  const answer = await ask(settings, cookies, action, { ...options, method: "POST", form });
  const session = cookies.with(answer);
  // A refusal is the form again: 200 from hub 3, 403 from later ones.
  if (answer.status === 302 && session.isSession) return session.toString();
  if ([200, 401, 403].includes(answer.status)) throw loginRefused(settings, refusalOn(answer.text));
  throw statusError(settings, "hub/login", answer);
}

/**
 * Asks for the page on which a user would choose how the server starts. **Where the hub has nothing to choose, it
 * starts the server with that**: ask only for somebody who wants it started.
 * @param cookies what `logIn` returned
 * @param server "" for the default server
 * @throws ProductError `signed-out` where the session is over; HttpError with the page's own words
 */
export async function readSpawnForm(
  settings: ServerSettings,
  cookies: string,
  user: string,
  server: string,
  options: CallOptions = {},
): Promise<SpawnPage> {
  const path = `hub/spawn/${[user, server].filter(Boolean).map(encodeName).join("/")}`;
  const answer = await ask(settings, new Cookies(cookies), path, options);
  if (answer.status === 200) {
    const form = parseSpawnForm(answer.text);
    if (form) return { kind: "form", form };
    const problem = problemOn(answer.text);
    throw new ProductError(
      "invalid-response",
      `The spawn page of ${settings.label} could not be read${problem === undefined ? "" : `. It says: ${problem}`}. Open it in the browser instead.`,
    );
  }
  if (answer.status !== 302) throw statusError(settings, path, answer);
  const location = answer.headers.get("location") ?? "";
  const here = new URL(path, settings.baseUrl);
  if (!URL.canParse(location, here.href)) throw statusError(settings, path, answer);
  const target = new URL(location, here);
  if (target.pathname.startsWith(new URL("hub/spawn-pending", settings.baseUrl).pathname)) return { kind: "started" };
  if (/\/hub\/(login|oauth)/.test(target.pathname) || !target.pathname.includes("/user/")) {
    throw new ProductError(
      "signed-out",
      `The session for the pages of ${settings.label} is over. Sign in with your password again, or choose in the browser.`,
    );
  }
  return { kind: "active" };
}

interface PageRequest extends CallOptions {
  readonly method?: "GET" | "POST";
  readonly form?: Readonly<Record<string, string>>;
}

/** A page as a browser gets it; statuses that pages have are answers. */
async function ask(settings: ServerSettings, cookies: Cookies, path: string, options: PageRequest): Promise<HttpAnswer> {
  const cookie = cookies.toString();
  const headers = { ...settings.headers, ...(cookie !== "" && { Cookie: cookie }) };
  const allow = [200, 302, 400, 401, 403];
  const accept = "text/html";
  return request({ ...settings, headers, token: fixedToken(undefined) }, path, { ...options, anonymous: true, accept, allow });
}

/** Where the login form is sent, and what goes with it unseen. */
function loginForm(settings: ServerSettings, page: HttpAnswer): { action: string; hidden: Record<string, string> } {
  if (page.status !== 200 && page.status !== 302) throw statusError(settings, "hub/login", page);
  const forms = DomUtils.getElementsByTagName("form", parsePage(page.text), true);
  const form = forms.find((each) => inputs(each).some((input) => DomUtils.getAttributeValue(input, "type") === "password"));
  const here = new URL("hub/login", settings.baseUrl);
  const said = (form && DomUtils.getAttributeValue(form, "action")) ?? "";
  const action = URL.canParse(said, here.href) ? new URL(said, here) : undefined;
  // The password goes to the hub, whatever the page says.
  if (!form || !action || !isBelow(settings.baseUrl, action)) {
    throw new ProductError("unsupported", `${settings.label} has no form for user name and password. Sign in with the browser or a token.`);
  }
  const hidden: Record<string, string> = {};
  for (const input of inputs(form)) {
    const name = DomUtils.getAttributeValue(input, "name");
    if (name && DomUtils.getAttributeValue(input, "type") === "hidden") hidden[name] = DomUtils.getAttributeValue(input, "value") ?? "";
  }
  return { action: action.href, hidden };
}

function inputs(form: Parameters<typeof DomUtils.getChildren>[0]) {
  return DomUtils.getElementsByTagName("input", form, true);
}

/** The cookies of one session, by name. */
class Cookies {
  readonly #values: ReadonlyMap<string, string>;

  /** @param text as in a Cookie header */
  constructor(text: string | ReadonlyMap<string, string> = "") {
    this.#values = typeof text === "string" ? new Map(text.split("; ").filter(Boolean).map(pair)) : text;
  }

  /** Whether a user is signed in by them, not only known as a visitor. */
  get isSession(): boolean {
    return [...this.#values.keys()].some((name) => name.startsWith("jupyterhub-hub-login"));
  }

  /** With those that an answer sets. */
  with(answer: HttpAnswer): Cookies {
    const values = new Map(this.#values);
    for (const line of answer.headers.getSetCookie?.() ?? []) {
      const [text = "", ...attributes] = line.split(/;\s*/);
      const [name, value] = pair(text);
      const ended = attributes.some(
        (each) => /^max-age=0$/i.test(each) || (/^expires=/i.test(each) && Date.parse(each.slice(8)) < Date.now()),
      );
      if (ended) values.delete(name);
      else values.set(name, value);
    }
    return new Cookies(values);
  }

  toString(): string {
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}

function pair(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
