// What a refused certificate says: to whom it was issued, by whom, until when. Asked for once it was refused.
import https from "node:https";
import { TLSSocket, type PeerCertificate } from "node:tls";
import { ConnectError } from "../base/errors";
import { networkError } from "./httpErrors";
import type { ServerSettings } from "./settings";

/** Milliseconds for having a look at a certificate that was refused already. */
const patience = 5_000;

/**
 * The error for a request to `url`, or a websocket, that never got an answer; one of ours stays as it is. Where a
 * certificate was refused it is looked at, over a connection on which nothing is sent.
 */
export async function failedConnection(settings: ServerSettings, url: URL, cause: unknown): Promise<ConnectError> {
  if (cause instanceof ConnectError) return cause;
  const error = networkError(settings, cause);
  if (error.code !== "certificate") return error;
  const certificate = await peerCertificate(settings, url).catch((reason: unknown) => {
    settings.log.debug(`${settings.label}: the refused certificate could not be looked at`, reason);
    return undefined;
  });
  return certificate ? networkError(settings, cause, describe(certificate)) : error;
}

/** The certificate that answers at `url`, whether or not it can be trusted. */
async function peerCertificate(settings: ServerSettings, url: URL): Promise<PeerCertificate | undefined> {
  const options = await settings.tls(url);
  return new Promise((resolve, reject) => {
    const request = https.request(new URL("/", url).href.replace(/^ws/, "http"), {
      ...options,
      ...(settings.agent && { agent: settings.agent }),
      rejectUnauthorized: false,
    });
    const timer = setTimeout(() => request.destroy(new Error("no answer in time")), patience);
    request.once("socket", (socket) => {
      const look = (): void => {
        resolve(socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined);
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
  const names = (subjectaltname ?? "").split(", ").flatMap((name) => /^(?:DNS|IP Address):(.+)/.exec(name)?.[1] ?? []);
  const more = names.length > 5 ? [`${names.length - 5} more`] : [];
  const owner = names.length > 0 ? [...names.slice(0, 5).map(quoted), ...more].join(", ") : quoted(nameOf(subject));
  return `It is made out to ${owner}, signed by ${quoted(nameOf(issuer))} and valid from ${day(valid_from)} to ${day(valid_to)}.`;
}

/** A common name, with the organisation where there is one; what a stranger wrote is kept short. */
function nameOf(who: Partial<PeerCertificate["subject"]>): string {
  const { CN, O, OU } = who;
  const first = CN ?? OU ?? O ?? "nobody";
  return (O !== undefined && O !== first ? `${first} (${O})` : first).slice(0, 100);
}

const quoted = (text: string): string => `“${text}”`;

/** `Nov 25 09:00:00 2026 GMT` as 25 Nov 2026. */
function day(date: string): string {
  const [month = "", number = "", , year = ""] = date.split(/\s+/);
  return `${number} ${month} ${year}`;
}
