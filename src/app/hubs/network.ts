// Network settings of hubs: the certificates configured for each, read anew for every request.
import { configurationFor, type HubConfiguration } from "../../hub/signIn/configuration";
import { TlsFiles, type TlsOptions } from "../../transport/tls/tls";
import { atHome } from "../files/homeFolder";
import type { NetworkSettings } from "../ports";

/** Gives requests the TLS that the settings say at that moment. */
export class Network {
  readonly #settings: NetworkSettings;
  /** By what they are made of, so that files are read once however often the settings are. */
  readonly #files = new Map<string, TlsFiles>();

  constructor(settings: NetworkSettings) {
    this.#settings = settings;
  }

  /**
   * TLS for requests to the hub at `address`, or to its servers.
   * @throws ProductError `certificate` where a configured file cannot be used
   */
  async tls(address: URL): Promise<TlsOptions | undefined> {
    const { configuredHubs, verifyCertificates } = this.#settings;
    const hub = configurationFor(new URL(address.href.replace(/^ws/, "http")), configuredHubs);
    const options = hub && (hub.caFile ?? hub.clientCertificateFile) !== undefined ? await this.#of(hub).options() : undefined;
    return verifyCertificates ? options : { ...options, rejectUnauthorized: false };
  }

  #of(hub: HubConfiguration): TlsFiles {
    const { systemCertificates } = this.#settings;
    const names = {
      caFile: hub.caFile && atHome(hub.caFile),
      clientCertificateFile: hub.clientCertificateFile && atHome(hub.clientCertificateFile),
      clientKeyFile: hub.clientKeyFile && atHome(hub.clientKeyFile),
    };
    const label = hub.label ?? new URL(hub.url).host;
    const key = JSON.stringify([names, label, systemCertificates]);
    const known = this.#files.get(key) ?? new TlsFiles(names, label, systemCertificates);
    this.#files.set(key, known);
    return known;
  }
}
