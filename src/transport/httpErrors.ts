// Errors of failed requests, in words: status codes, login pages, networks and certificates.
import { ProductError, HttpError, messageOf, type ErrorCode } from "../base/errors";
import { jsonIn } from "../base/json";
import type { ServerSettings } from "./settings";

/** An answer as far as it is read where it is refused. */
export interface Refusal {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
}

/**
 * The error that an answer outside 2xx stands for.
 * @param meaning overrides what the status alone would mean.
 */
export function statusError(settings: ServerSettings, path: string, answer: Refusal, meaning?: ErrorCode): HttpError {
  const code = meaning ?? codeOf(path, answer);
  const text = sentence(settings.label, path, code, answer.status, reasonIn(answer.text));
  return new HttpError(code, text, answer.status, answer.text.slice(0, 2_000));
}

/** A 200 that is an HTML page where data was asked for: a login page or another site. */
export function loginPageError(settings: ServerSettings, path: string, answer: Refusal): HttpError | undefined {
  const type = answer.headers.get("content-type") ?? "";
  if (!type.includes("text/html")) return undefined;
  const text = `${settings.label} answered ${path} with a web page: signed out, or not the address of a Jupyter server. Sign in again, or check the address.`;
  return new HttpError("signed-out", text, answer.status, answer.text.slice(0, 2_000));
}

function codeOf(path: string, { status, headers, text }: Refusal): ErrorCode {
  if (status >= 300 && status < 400) {
    // The query holds the address to which a login page would lead back.
    const [target = ""] = (headers.get("location") ?? "").split("?");
    if (/\/hub\/(user|spawn)/.test(target)) return "server-stopped";
    return /login|oauth/i.test(target) ? "signed-out" : "not-found";
  }
  switch (status) {
    case 401:
    case 403:
      return "signed-out";
    case 404:
    case 410:
      return "not-found";
    case 407:
      return "proxy";
    case 409:
      return "conflict";
    case 413:
      return "too-large";
    case 424:
      return "server-stopped";
    case 429:
      return "rate-limited";
    case 501:
      return /^api\/(kernels|sessions)\b/.test(path) ? "no-kernel-spec" : "server-error";
    case 503:
      // The words that hubs with the old setting say of a stopped server; any other 503 passes by itself.
      return /server (is )?(no longer|not) running/i.test(reasonIn(text)) ? "server-stopped" : "server-error";
    default:
      return "server-error";
  }
}

function sentence(label: string, path: string, code: ErrorCode, status: number, reason: string): string {
  const said = reason ? ` It said: ${reason}` : "";
  switch (code) {
    case "signed-out":
      return `${label} does not accept the sign-in any more. Sign in again.`;
    case "forbidden":
      return `You are signed in, but ${label} does not allow ${path}.${said}`;
    case "server-stopped":
      return `The server of ${label} is not running. Start it and try again.`;
    case "proxy":
      return `The proxy on the way to ${label} wants a user name and password (407). Put them into VS Code's setting http.proxy, as in http://NAME:PASSWORD@proxy.example.org:3128; special characters in them percent-encoded.`;
    case "rate-limited":
      return `${label} is asked too often and wants a pause. Try again in a minute.${said}`;
    case "not-found":
      return `${label} does not know ${path}.${said}`;
    case "too-large":
      return `${label} does not take requests of this size.${said}`;
    default:
      return `${label} answered ${path} with an error (${status}).${said}`;
  }
}

/** Characters of a JSON error, and of the beginning of a page or text, among which the reason is looked for. */
const reach = { json: 64 * 1024, page: 4 * 1024 };

/** The `message` of a JSON error, else the title of a page, else nothing; one line, at most 300 characters. */
export function reasonIn(body: string): string {
  const value = body.length <= reach.json ? jsonIn(body) : undefined;
  if (typeof value === "object" && value !== null && "message" in value && typeof value.message === "string") {
    return value.message.slice(0, 300);
  }
  const page = body.slice(0, reach.page);
  const title = titleIn(page);
  if (title !== undefined) return title;
  return page.includes("<") ? "" : page.replace(/\s+/g, " ").trim().slice(0, 300);
}

/** The title of an HTML page, where it is text of at most 200 characters. */
function titleIn(page: string): string | undefined {
  const start = page.search(/<title>/i);
  if (start === -1) return undefined;
  const behind = page.slice(start + "<title>".length);
  const end = behind.indexOf("<");
  if (end === -1 || !/^<\/title>/i.test(behind.slice(end))) return undefined;
  const title = behind.slice(0, end).trim();
  return title === "" || title.length > 200 ? undefined : title;
}

interface CertificateReason {
  readonly why: string;
  /** The next step. */
  readonly remedy: string;
}

const askAdministrator = "Ask the hub's administrator.";
const unknownAuthority: CertificateReason = {
  why: "its authority is not known to this computer",
  remedy:
    "Ask the hub's administrator for that authority's certificate, and name its file as caFile of this hub in the setting jupyterhubConnect.hubs.",
};
const clientCertificate: CertificateReason = {
  why: "it wants to see a certificate of yours, and none was shown or it was not accepted",
  remedy:
    "Name the files of your certificate as clientCertificateFile and clientKeyFile of this hub in the setting jupyterhubConnect.hubs; the hub's administrator tells where to get one.",
};

/** By Node's codes (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const certificateReasons: ReadonlyMap<string, CertificateReason> = new Map(
  Object.entries({
    CERT_HAS_EXPIRED: { why: "it has expired", remedy: "The hub's administrator has to renew it." },
    CERT_NOT_YET_VALID: { why: "it is not valid yet", remedy: "Check your computer's clock." },
    CERT_REVOKED: { why: "its authority has revoked it", remedy: askAdministrator },
    DEPTH_ZERO_SELF_SIGNED_CERT: {
      why: "it is self-signed",
      remedy:
        "If the hub's administrator confirms that it is the hub's own, save it as a file and name that as caFile of this hub in the setting jupyterhubConnect.hubs.",
    },
    SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
    UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
    ERR_TLS_CERT_ALTNAME_INVALID: {
      why: "it is made out to another host",
      remedy: "Check the address; if it is right, ask the hub's administrator.",
    },
  }),
);

/** Why TLS was refused; undefined where it was something else. */
function certificateReason(code: string, cause: unknown): CertificateReason | undefined {
  const known = certificateReasons.get(code);
  if (known) return known;
  // The hub's side has refused; the alerts by name, or by number where they come while something is written.
  const alert = /^ERR_SSL.*(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNKNOWN_CA|HANDSHAKE_FAILURE)/.test(code);
  if (alert || (code === "EPROTO" && /SSL alert number (40|42|46|48|116)\b/.test(messageOf(cause)))) return clientCertificate;
  if (/^(ERR_(TLS|SSL)|CERT_|UNABLE_TO_)/.test(code)) return { why: messageOf(cause), remedy: askAdministrator };
  return undefined;
}

const networkReasons: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ENOTFOUND: "no host of that name is known. Check the address and your network or VPN",
    EAI_AGAIN: "its name could not be looked up. Check your network or VPN",
    ECONNREFUSED: "nothing answers there. Check the address, or try again when the hub is back",
    ECONNRESET: "the connection was cut. Check your network and try again",
    ERR_STREAM_PREMATURE_CLOSE: "the connection was cut. Check your network and try again",
    EPIPE: "the connection was cut. Check your network and try again",
    ETIMEDOUT: "it did not answer. Check your network or VPN",
    EHOSTUNREACH: "there is no way to it. Check your network or VPN",
    ENETUNREACH: "there is no network. Check your connection",
  }),
);

/**
 * The error for a request or websocket that never got an answer.
 * @param certificate what the certificate that was refused says, as a sentence
 */
export function networkError(settings: ServerSettings, cause: unknown, certificate?: string): ProductError {
  const code = systemCode(cause);
  const refusal = certificateReason(code, cause);
  if (refusal) {
    const subject =
      refusal === clientCertificate ? `${settings.label} has refused the connection` : `The certificate of ${settings.label} was refused`;
    const sentences = [`${subject}: ${refusal.why}.`, certificate, refusal.remedy].filter((sentence) => sentence !== undefined);
    return new ProductError("certificate", sentences.join(" "), { cause });
  }
  const proxy = unreachableProxy(cause);
  if (proxy !== undefined) {
    const text = `${settings.label} cannot be reached: the proxy ${proxy} does not answer. Check your network, and the proxy in VS Code's settings (http.proxy, http.noProxy) or in HTTPS_PROXY and NO_PROXY.`;
    return new ProductError("unreachable", text, { cause });
  }
  const plain = code === "EPROTO" && /wrong version number|packet length too long/.test(messageOf(cause));
  const known = plain ? "it does not speak https. Check whether its address begins with http://" : networkReasons.get(code);
  return new ProductError("unreachable", `${settings.label} cannot be reached: ${known ?? messageOf(cause)}.`, { cause });
}

/** The proxy that VS Code could not connect to, without credentials; VS Code says so in words only. */
function unreachableProxy(cause: unknown): string | undefined {
  const said = /socket connection to proxies: (.+)/.exec(messageOf(cause))?.[1];
  return said?.replace(/^\w+\s+/, "").replace(/^.*@/, "");
}

/** The system's or TLS's error code, wherever in the chain of causes it stands; empty where there is none. */
export function systemCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return "";
}
