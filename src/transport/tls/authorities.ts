// The default certificate authorities: Node's own and the computer's.
import { existsSync, readFileSync } from "node:fs";
import tls from "node:tls";

/** Where Linux distributions keep the computer's authorities. */
const linuxBundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/ssl/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
];

let system: readonly string[] | undefined;

/** Certificates in PEM form. @param withSystem whether the computer's are among them; they are read once */
export function trustedAuthorities(withSystem: boolean): readonly string[] {
  const own = newer.getCACertificates?.("default") ?? tls.rootCertificates;
  if (!withSystem) return own;
  system ??= newer.getCACertificates?.("system") ?? linuxSystem();
  // Most are in both, with their lines broken elsewhere; each costs time wherever trust is set up.
  return [...new Map([...system, ...own].map((pem) => [pem.replaceAll(/\s/g, ""), pem])).values()];
}

// In Node since 22.15, which the oldest VS Code that is supported does not have.
const newer: Partial<typeof tls> & { readonly getCACertificates?: (type: "default" | "system") => string[] } = tls;

function linuxSystem(): string[] {
  const bundle = linuxBundles.find((file) => existsSync(file));
  return bundle === undefined ? [] : readFileSync(bundle, "utf8").split(/(?=-----BEGIN CERTIFICATE-----)/);
}
