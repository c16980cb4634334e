// Details of a refused certificate: subject, issuer, expiry. Fetched only after a refusal.
import https from "node:https";
import { TLSSocket, type PeerCertificate } from "node:tls";
import { ProductError } from "../../base/errors";
import { plain } from "../../base/plain";
import { networkError } from "../httpErrors";
import type { ServerSettings } from "../settings";

/** Milliseconds for having a look at a certificate that was refused already. */
const patience = 5_000;
/** UTF-16 units of a name. */
const longestName = 64;
/** Names that a certificate is made out to, which are shown, and the text of all, which is looked at. */
const mostNames = 5;
const longestList = 20_000;

/**
 * The error for a request to `url`, or a websocket, that never got an answer; one of ours stays as it is. Where a
 * certificate was refused it is looked at, over a connection on which nothing is sent.
 */
export async function failedConnection(settings: ServerSettings, url: URL, cause: unknown): Promise<ProductError> {
  if (cause instanceof ProductError) return cause;
  const error = networkError(settings, cause);
  if (error.code !== "certificate") return error;
  const certificate = await peerCertificate(settings, url).catch((reason: unknown) => {
    settings.log.debug(`${settings.label}: the refused certificate could not be looked at`, reason);
    return undefined;
  });
  return certificate ? networkError(settings, cause, describe(certificate)) : error;
}

/**
 * The certificate that answers at `url`, whether or not it can be trusted. Nothing of ours is shown to whoever that is: the
 * request has none of the hub's TLS options, which hold the client's certificate.
 */
async function peerCertificate({ agent }: ServerSettings, url: URL): Promise<PeerCertificate | undefined> {
  // An agent with a certificate of the client would show it with any request.
  const { cert, pfx, secureContext }: https.AgentOptions = agent instanceof https.Agent ? agent.options : {};
  if (cert !== undefined || pfx !== undefined || secureContext !== undefined) return undefined;
  return new Promise((resolve, reject) => {
    // With the session of an earlier look no certificate would come.
    const options: https.RequestOptions & { readonly session: undefined } = {
      ...(agent && { agent }),
      rejectUnauthorized: false,
      session: undefined,
    };
    const request = https.request(new URL("/", url).href.replace(/^ws/, "http"), options);
    const timer = setTimeout(() => request.destroy(new Error("no answer in time")), patience);
    request.once("socket", (socket) => {
      const look = (): void => {
        const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : null;
        resolve(certificate === null || isEmpty(certificate) ? undefined : certificate);
        request.destroy();
      };
      // Not so for one that is kept from an earlier look, which has its certificate already.
      if (socket instanceof TLSSocket && isEmpty(socket.getPeerCertificate())) socket.once("secureConnect", look);
      else look();
    });
    request.once("close", () => clearTimeout(timer));
    request.on("error", reject);
  });
}

/** Before the handshake there is an object without properties, or null. */
function isEmpty(certificate: PeerCertificate | null): boolean {
  return Object.keys(certificate ?? {}).length === 0;
}

/** In words, such as `It is made out to “hub.example.org” and signed by “Example CA (Example)”.` */
function describe({ subject, subjectaltname, issuer, valid_from, valid_to }: PeerCertificate): string {
  const names = (subjectaltname ?? "")
    .slice(0, longestList)
    .split(", ")
    .flatMap((each) => /^(?:DNS|IP Address):(.+)/.exec(each)?.[1] ?? []);
  const more = names.length > mostNames ? [`${names.length - mostNames} more`] : [];
  const owner = names.length > 0 ? [...names.slice(0, mostNames).map((name) => `“${clean(name)}”`), ...more].join(", ") : nameOf(subject);
  return `It is made out to ${owner}, signed by ${nameOf(issuer)} and valid from ${day(valid_from)} to ${day(valid_to)}.`;
}

/** A common name, with the organisation where there is one. */
function nameOf(who: Partial<PeerCertificate["subject"]>): string {
  // Where a name is given several times Node has a list of them.
  const [common, unit, organisation] = [who.CN, who.OU, who.O].map(
    (name: string | readonly string[] | undefined) => [name ?? []].flat()[0],
  );
  const first = common ?? unit ?? organisation ?? "nobody";
  return organisation !== undefined && organisation !== first ? `“${clean(first)} (${clean(organisation)})”` : `“${clean(first)}”`;
}

/** What a stranger wrote as a name: what names are made of, and no more of it than fits beside others. */
function clean(name: string): string {
  return plain(name.slice(0, 4 * longestName).replace(/[^\p{L}\p{N}\p{M}.\-_@ *:]/gu, ""), longestName) || "…";
}

/** `Nov 25 09:00:00 2026 GMT` as 25 Nov 2026. */
function day(date: string): string {
  const [month = "", number = "", , year = ""] = date.split(/\s+/);
  return `${clean(number)} ${clean(month)} ${clean(year)}`;
}
