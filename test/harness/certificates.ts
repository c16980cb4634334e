// A certificate authority of the harness's own: certificates for hubs and clients, made in memory, for tests only.
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

/** A certificate and its key, both as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate shall say. */
export interface CertificateRequest {
  readonly name: string;
  /** Host names and IPv4 addresses; none for a client's. */
  readonly hosts?: readonly string[];
  /** Default: yesterday, and a year later. */
  readonly from?: Date;
  readonly until?: Date;
}

/** An authority; `cert` is what clients have to trust. */
export interface Authority {
  readonly cert: string;
  issue(request: CertificateRequest): Certificate;
}

const day = 24 * 60 * 60_000;

/** Makes an authority called `name`, known to nobody (a few milliseconds). */
export function makeAuthority(name: string): Authority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const dates = { from: new Date(Date.now() - day), until: new Date(Date.now() + 3650 * day) };
  const cert = certificate({ name, ...dates }, name, keys.publicKey, keys.privateKey, true);
  return {
    cert,
    issue: (request) => {
      const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return {
        cert: certificate(
          { from: dates.from, until: new Date(Date.now() + 365 * day), ...request },
          name,
          own.publicKey,
          keys.privateKey,
          false,
        ),
        key: own.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}

// --- X.509 (RFC 5280) in DER (ITU-T X.690), as far as it is needed here

type Dated = CertificateRequest & { readonly from: Date; readonly until: Date };

function certificate(subject: Dated, issuer: string, publicKey: KeyObject, issuerKey: KeyObject, isAuthority: boolean): string {
  const algorithm = sequence(oid("1.2.840.10045.4.3.2")); // ECDSA with SHA-256
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    named(issuer),
    sequence(time(subject.from), time(subject.until)),
    named(subject.name),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions(subject, isAuthority))),
  );
  const whole = sequence(body, algorithm, bits(sign("sha256", body, issuerKey)));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

function extensions({ hosts = [] }: CertificateRequest, isAuthority: boolean): Buffer[] {
  const yes = der(0x01, Buffer.from([0xff]));
  if (isAuthority) {
    const signing = der(0x03, Buffer.from([0x02, 0x04])); // keyCertSign
    return [sequence(oid("2.5.29.19"), yes, octets(sequence(yes))), sequence(oid("2.5.29.15"), yes, octets(signing))];
  }
  const names = hosts.map((host) =>
    /^[\d.]+$/.test(host) ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, Buffer.from(host, "latin1")),
  );
  return [
    sequence(oid("2.5.29.19"), yes, octets(sequence())),
    ...(names.length > 0 ? [sequence(oid("2.5.29.17"), octets(sequence(...names)))] : []),
  ];
}

function named(name: string): Buffer {
  return sequence(der(0x31, sequence(oid("2.5.4.3"), der(0x0c, Buffer.from(name, "utf8")))));
}

function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, ""); // 20261125094700Z
  // Until 2049 the year has two digits.
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2), "latin1")) : der(0x18, Buffer.from(digits, "latin1"));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const base128 = (value: number): number[] => {
    const septets = [value & 0x7f];
    for (let high = value >> 7; high > 0; high >>= 7) septets.unshift((high & 0x7f) | 0x80);
    return septets;
  };
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const integer = (value: Buffer): Buffer => der(0x02, value);
const octets = (value: Buffer): Buffer => der(0x04, value);
const bits = (value: Buffer): Buffer => der(0x03, Buffer.from([0]), value);

/** One element: its tag, its length, what is in it. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const bytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}
