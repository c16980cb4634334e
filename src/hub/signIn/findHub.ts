// Discovery: finds which of an address's candidates is a JupyterHub.
import * as v from "valibot";
import { ProductError, hasCode, messageOf } from "../../base/errors";
import { jsonIn } from "../../base/json";
import type { HttpAnswer } from "../../transport/http";
import { serverSettings, type ServerSettings, type ServerSettingsOptions } from "../../transport/settings";
import type { HubAddress } from "./address";
import { hubInfo } from "../api/model";
import { request } from "../api/request";

export type FindHubOptions = Partial<ServerSettingsOptions> & { readonly signal?: AbortSignal | undefined };

/** A hub that answered: its base URL with trailing slash, and its version. */
export interface FoundHub {
  readonly url: URL;
  readonly version: string;
}

type Probe =
  | { readonly kind: "hub"; readonly hub: FoundHub }
  | { readonly kind: "moved"; readonly url: URL }
  | { readonly kind: "login"; readonly host: string }
  | { readonly kind: "down"; readonly status: number }
  | { readonly kind: "other" };

const probeTimeout = 15_000;
const maxRedirects = 3;
/** All but the proxy's own, which says nothing of the hub. */
const anyFault = Array.from({ length: 300 }, (_, index) => 300 + index).filter((status) => status !== 407);

/**
 * Asks each candidate for `hub/api/`, which every hub answers without a token, and returns the first that is a hub.
 * A redirect to another `hub/api/` (http to https, a moved host, a prefix) is followed; nothing secret is sent.
 * @throws ProductError `not-a-hub` where something else answers, `server-error` where a hub seems to be down,
 * `unreachable`, `certificate`, `timeout`, `aborted`.
 */
export async function findHub(address: HubAddress, options: FindHubOptions = {}): Promise<FoundHub> {
  const { signal, ...rest } = options;
  const seen = new Set<string>();
  let trouble: Probe = { kind: "other" };
  for (const candidate of address.candidates) {
    const elsewhere = candidate.host !== address.url.host;
    if (elsewhere && trouble.kind !== "other") break; // it is the right host, in trouble
    let at = candidate;
    for (let hops = 0; hops <= maxRedirects && !seen.has(at.href); hops++) {
      seen.add(at.href);
      const probed = await probe(serverSettings({ ...rest, baseUrl: at, label: rest.label ?? at.host }), signal).catch(
        (error: unknown): Probe => {
          // The host above a user's own host is only a guess: that it is not there says nothing of what was pasted.
          if (elsewhere && !hasCode(error, "aborted")) return { kind: "other" };
          throw error;
        },
      );
      if (probed.kind === "hub") return probed.hub;
      if (probed.kind !== "moved") {
        if (trouble.kind === "other") trouble = probed;
        break;
      }
      at = probed.url;
    }
  }
  throw failure(address.url, trouble);
}

async function probe(settings: ServerSettings, signal: AbortSignal | undefined): Promise<Probe> {
  let answer: HttpAnswer;
  try {
    answer = await request(settings, "hub/api/", { anonymous: true, signal, timeout: probeTimeout, allow: [...anyFault] });
  } catch (error) {
    if (hasCode(error, "signed-out")) return { kind: "other" }; // a web page: some other site
    throw isPlainHttpPort(error) ? noHttps(settings, error) : error;
  }
  if (answer.status >= 500) return { kind: "down", status: answer.status };
  if (answer.status >= 300 && answer.status < 400) return redirected(settings, answer.headers.get("location"));
  const info = v.safeParse(hubInfo, jsonIn(answer.text), { abortEarly: true });
  if (answer.status !== 200 || !info.success) return { kind: "other" };
  return { kind: "hub", hub: { url: settings.baseUrl, version: info.output.version } };
}

function redirected({ baseUrl }: ServerSettings, location: string | null): Probe {
  const asked = new URL("hub/api/", baseUrl).href;
  if (location === null || !URL.canParse(location, asked)) return { kind: "other" };
  const target = new URL(location, asked);
  const base = /^(.*\/)hub\/api\/?$/.exec(target.pathname)?.[1];
  // What http:// answers can be forged on the way: from there only to the same host. From https:// never down to http://.
  const trusted = baseUrl.protocol === "https:" ? target.protocol === "https:" : target.hostname === baseUrl.hostname;
  if (base !== undefined && trusted) return { kind: "moved", url: new URL(base, target.origin) };
  return /login|sign-?in|sso|saml|oauth|openid|auth|cas/i.test(target.href) ? { kind: "login", host: target.host } : { kind: "other" };
}

function failure(url: URL, trouble: Probe): ProductError {
  const where = url.host + url.pathname.replace(/\/$/, "");
  if (trouble.kind === "down") {
    return new ProductError(
      "server-error",
      `${url.host} answers, but no hub behind it (${trouble.status}). Try again in a minute; if it stays so, ask the hub's administrator.`,
    );
  }
  if (trouble.kind === "login") {
    return new ProductError(
      "not-a-hub",
      `${url.host} sends every visitor to a sign-in page at ${trouble.host} first, so no hub could be found at ${where}. Check the address; if it is right, ask the hub's administrator to let requests to hub/api/ through.`,
    );
  }
  return new ProductError(
    "not-a-hub",
    `Something answers at ${where}, but it is no JupyterHub. Check the address: it is the one your browser shows on the hub's pages, for example https://hub.example.org/hub/home.`,
  );
}

/** Whether TLS was spoken to a port that speaks plain HTTP. */
function isPlainHttpPort(error: unknown): boolean {
  return error instanceof ProductError && /wrong version number|packet length too long/i.test(messageOf(error.cause));
}

function noHttps({ baseUrl }: ServerSettings, cause: unknown): ProductError {
  return new ProductError(
    "unreachable",
    `${baseUrl.host} does not speak https. If this hub really has only plain http, paste its address with http:// in front.`,
    { cause },
  );
}
