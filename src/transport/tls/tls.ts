// TLS of one server's requests: further authorities, the client's certificate, whether certificates are checked.
// The options go with each request, not with an agent: VS Code replaces any agent by its own (`http.proxySupport` is `override` unless
// changed) and keeps only an agent's `ca`; the options of the request itself, client certificate and key included, it passes on, through
// proxies too. So they are read before each request and websocket, and a changed setting applies to the next one. A hub's own authorities
// are added to Node's and the computer's, for that hub only; where a hub has none, VS Code's handling is left alone.
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import tls from "node:tls";
import { ProductError, messageOf } from "../../base/errors";
import { trustedAuthorities } from "./authorities";

/** TLS options of a request, as Node takes them. */
export type TlsOptions = Pick<tls.ConnectionOptions, "ca" | "cert" | "key" | "secureContext" | "rejectUnauthorized">;

/** The options for a request to `url`; asked before each, so that what is configured meanwhile applies at once. */
export type TlsProvider = (url: URL) => Promise<TlsOptions | undefined>;

/** Absolute paths of PEM files; each may be missing. */
export interface TlsFileNames {
  /** Certificates of authorities that are trusted beside the known ones. */
  readonly caFile?: string | undefined;
  /** The client's certificate, with those between it and its authority; its key too, where there is no key file. */
  readonly clientCertificateFile?: string | undefined;
  readonly clientKeyFile?: string | undefined;
}

/** Reads the files of one hub; again when they have changed. */
export class TlsFiles {
  readonly #names: TlsFileNames;
  readonly #label: string;
  readonly #systemCertificates: boolean;
  #stamp = "";
  #options: Promise<TlsOptions> | undefined;

  /**
   * @param label how errors name the hub
   * @param systemCertificates whether the computer's authorities count among the known ones
   */
  constructor(names: TlsFileNames, label: string, systemCertificates: boolean) {
    this.#names = names;
    this.#label = label;
    this.#systemCertificates = systemCertificates;
  }

  /** @throws ProductError `certificate` naming the file that is missing, unreadable or not what it should be */
  async options(): Promise<TlsOptions> {
    const { caFile, clientCertificateFile, clientKeyFile } = this.#names;
    const stamp = (await Promise.all([caFile, clientCertificateFile, clientKeyFile].map(stampOf))).join(" ");
    if (this.#options === undefined || stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#options = this.#read();
    }
    return this.#options;
  }

  async #read(): Promise<TlsOptions> {
    const { caFile, clientCertificateFile, clientKeyFile } = this.#names;
    const ca = caFile === undefined ? undefined : certificates(await this.#pem(caFile, "caFile"), this.#place("caFile", caFile));
    const client =
      clientCertificateFile === undefined ? undefined : await this.#client(clientCertificateFile, clientKeyFile ?? clientCertificateFile);
    // Without authorities of its own the request is left to Node, and to VS Code, which adds the computer's.
    if (!ca) return { ...client };
    // Made once, of hundreds of certificates. Its parts are passed along: by them Node decides which connections may
    // be shared, and VS Code that this request has its authorities already.
    const all = [...trustedAuthorities(this.#systemCertificates), ...ca];
    return { ca, ...client, secureContext: tls.createSecureContext({ ca: all, ...client }) };
  }

  async #client(certificateFile: string, keyFile: string): Promise<{ cert: string; key: string }> {
    const place = this.#place("clientCertificateFile", certificateFile);
    const cert = await this.#pem(certificateFile, "clientCertificateFile");
    const [leaf = ""] = certificates(cert, place);
    const key = await this.#pem(keyFile, "clientKeyFile");
    const parsed = privateKey(key, this.#place("clientKeyFile", keyFile));
    if (!new X509Certificate(leaf).checkPrivateKey(parsed)) {
      throw fault(`${this.#place("clientKeyFile", keyFile)} is not the key of the certificate in ${certificateFile}`);
    }
    return { cert, key };
  }

  async #pem(file: string, name: keyof TlsFileNames): Promise<string> {
    try {
      return await readFile(file, "utf8");
    } catch (cause) {
      throw fault(`${this.#place(name, file)} cannot be read: ${reasonOf(cause)}`, cause);
    }
  }

  /** `The file in caFile of hub.example.org (/etc/ca.pem)` */
  #place(name: keyof TlsFileNames, file: string): string {
    return `The file in ${name} of ${this.#label} (${file})`;
  }
}

function fault(sentence: string, cause?: unknown): ProductError {
  return new ProductError("certificate", `${sentence}. Check the hub's entry in your settings.`, { cause });
}

/** The certificates in `pem`, each as PEM. */
function certificates(pem: string, place: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw fault(`${place} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`);
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      throw fault(`${place} holds a certificate that cannot be read (${messageOf(cause)})`, cause);
    }
  }
  return blocks;
}

function privateKey(pem: string, place: string): KeyObject {
  const [block] = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/.exec(pem) ?? [];
  if (block === undefined) throw fault(`${place} holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)`);
  if (/ENCRYPTED/.test(block)) {
    throw fault(
      `${place} holds a key that is locked by a passphrase, which is not supported: give a file of which only you can read the unlocked key`,
    );
  }
  try {
    return createPrivateKey(block);
  } catch (cause) {
    throw fault(`${place} holds a private key that cannot be read (${messageOf(cause)})`, cause);
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "you are not allowed to read it";
  if (code === "EISDIR") return "it is a folder";
  return messageOf(cause);
}

/** What changes with the file. */
async function stampOf(file: string | undefined): Promise<string> {
  if (file === undefined) return "-";
  const state = await stat(file).catch(() => undefined); // what is wrong with the file, reading it tells in words
  return state ? `${state.mtimeMs}:${state.size}:${state.ino}` : "?";
}
