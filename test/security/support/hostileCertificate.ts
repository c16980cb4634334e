// A TLS server that nobody can trust, whose certificate says what its owner likes.
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { makeAuthority } from "../../harness/certificates";

/** What its certificate says; only letters of Latin-1 in `hosts`. */
export interface CertificateWords {
  readonly issuer: string;
  readonly subject: string;
  readonly hosts: readonly string[];
}

/** A running server. */
export interface HostileCertificate {
  readonly url: string;
  /** Requests that came all the same, with all they brought. */
  readonly received: readonly string[];
  stop(): Promise<void>;
}

/** Starts one on loopback. */
export async function startHostileCertificate({ issuer, subject, hosts }: CertificateWords): Promise<HostileCertificate> {
  const received: string[] = [];
  const certificate = makeAuthority(issuer).issue({ name: subject, hosts });
  const server = createServer(certificate, (request, response) => {
    received.push([`${request.method} ${request.url}`, ...request.rawHeaders].join("\n"));
    response.end("{}");
  });
  server.on("tlsClientError", () => undefined); // refused, as it should be
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP, never a pipe
  return {
    url: `https://127.0.0.1:${port}/`,
    received,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
