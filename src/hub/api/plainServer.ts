// Client of a Jupyter server without a hub: it counts as always running, for any user with its token or password.
import { randomBytes } from "node:crypto";
import { DomUtils } from "htmlparser2";
import * as v from "valibot";
import { ProductError, hasCode } from "../../base/errors";
import { jsonIn } from "../../base/json";
import { sessionSecret } from "../../transport/credential";
import { fixedToken, serverSettings, type ServerSettings } from "../../transport/settings";
import type { HubAddress } from "../signIn/address";
import { HubClient, type CallOptions, type StartAnswer } from "./client";
import type { FindHubOptions, FoundHub } from "../signIn/findHub";
import { refuseGateway } from "../signIn/kernelGateway";
import { hubServer, hubUser, type HubInfo, type HubServer, type HubUser, type SharedServer } from "./model";
import { parsePage } from "../pages/page";
import { request, requestJson } from "./request";

const probeTimeout = 15_000;
const version = v.looseObject({ version: v.string() });
/** As tornado's Jupyter handlers refuse in JSON. */
const refusal = v.looseObject({ reason: v.string() });
const anyStatus = Array.from({ length: 400 }, (_, index) => 200 + index);

/** Credentials for a server without authentication: an XSRF cookie, which a client may invent. */
function visitor(): string {
  return sessionSecret(new Map([["_xsrf", randomBytes(16).toString("hex")]]));
}

/**
 * The first of an address's candidates that is a Jupyter server: it says its version to everybody.
 * @throws ProductError `not-a-hub` where one is a gateway to kernels
 */
export async function findPlainServer(address: HubAddress, options: FindHubOptions): Promise<FoundHub | undefined> {
  const { signal } = options;
  for (const url of address.candidates) {
    const settings = serverSettings({ ...options, baseUrl: url, label: url.host });
    const answer = await request(settings, "api", { anonymous: true, signal, timeout: probeTimeout, allow: anyStatus });
    const info = v.safeParse(version, jsonIn(answer.text), { abortEarly: true });
    const isServer = answer.status === 200 && info.success;
    // Gateways say their version only to who has their token, or to all.
    const isClosed = [401, 403].includes(answer.status) && v.is(refusal, jsonIn(answer.text));
    if (isServer || isClosed) await refuseGateway(settings, isClosed ? answer.status : undefined, signal);
    if (isServer) return { url, version: info.output.version };
  }
  return undefined;
}

/**
 * Authenticates: with the text itself as a token, else with the session that the server's form gives for it as a password.
 * @param text undefined where the user has given nothing, which open servers take
 * @returns a secret for a token provider; undefined where the server takes it neither way
 */
export async function authenticatePlainServer(
  settings: ServerSettings,
  text: string | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const secret = text === undefined ? visitor() : text.trim();
  // A text that a header cannot hold is no token; it may be a password.
  const isToken = text === undefined || /^[\x21-\x7E]+$/.test(secret);
  if (isToken && (await takes(settings, secret, signal))) return secret;
  if (text === undefined) return undefined;
  const session = await logIn(settings, text, signal);
  return session !== undefined && (await takes(settings, session, signal)) ? session : undefined;
}

async function takes(settings: ServerSettings, secret: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await request({ ...settings, token: fixedToken(secret) }, "api/status", { signal });
    return true;
  } catch (error) {
    if (hasCode(error, "signed-out")) return false;
    throw error;
  }
}

/** Fills in the server's form as a browser does; undefined where it has none or does not take the password. */
async function logIn(settings: ServerSettings, password: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const page = await request(settings, "login", { anonymous: true, accept: "text/html", allow: anyStatus, signal });
  const fields = DomUtils.getElementsByTagName("input", parsePage(page.text), true);
  const value = (name: string): string | undefined => fields.find((field) => field.attribs["name"] === name)?.attribs["value"];
  if (page.status !== 200 || !fields.some((field) => field.attribs["name"] === "password")) return undefined;
  const cookies = cookiesOf(page.headers.getSetCookie?.());
  const form = { _xsrf: value("_xsrf") ?? cookies.get("_xsrf") ?? "", password };
  const headers = { ...settings.headers, Cookie: [...cookies].map(([name, text]) => `${name}=${text}`).join("; ") };
  const answer = await request({ ...settings, headers }, "login", {
    ...{ method: "POST", form, anonymous: true, accept: "text/html", allow: anyStatus, signal },
  });
  const session = cookiesOf(answer.headers.getSetCookie?.());
  return answer.status === 302 && session.size > 0 ? sessionSecret(new Map([...cookies, ...session])) : undefined;
}

function cookiesOf(lines: readonly string[] = []): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const line of lines) {
    const pair = line.split(";")[0] ?? "";
    const at = pair.indexOf("=");
    if (at > 0) cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  }
  return cookies;
}

/** Such a server, seen as a hub with one nameless user whose one server always runs. */
export class PlainServerClient extends HubClient {
  override info(options: CallOptions = {}): Promise<HubInfo> {
    return requestJson(this.settings, "api", version, { ...options, anonymous: true });
  }

  override async user(options: CallOptions = {}): Promise<HubUser> {
    await request(this.settings, "api/status", options);
    return plainUser;
  }

  override async getServers(_user: string, options: CallOptions = {}): Promise<readonly HubServer[]> {
    const status = await requestJson(
      this.settings,
      "api/status",
      v.looseObject({ started: v.nullish(v.string()), last_activity: v.nullish(v.string()) }),
      options,
    );
    return [
      v.parse(hubServer, {
        name: "",
        ready: true,
        url: this.settings.baseUrl.href,
        started: status.started,
        last_activity: status.last_activity,
      }),
    ];
  }

  override sharedServers(): Promise<readonly SharedServer[]> {
    return Promise.resolve([]);
  }

  /** Nobody counts it but the server itself. */
  override reportActivity(): Promise<void> {
    return Promise.resolve();
  }

  override startServer(): Promise<StartAnswer> {
    return Promise.resolve({ state: "running" });
  }

  override stopServer(): Promise<never> {
    return Promise.reject(noHub(this.settings));
  }

  override deleteServer(): Promise<never> {
    return Promise.reject(noHub(this.settings));
  }
}

/** The user of a server without a hub. */
export const plainUser: HubUser = v.parse(hubUser, { name: "" });

function noHub({ label }: ServerSettings): ProductError {
  return new ProductError("unsupported", `${label} is a Jupyter server without a hub: stop and start it where you started it.`);
}
