// Ports of app/ that the platform provides: secret storage, memory, log, network settings.
import type { Event } from "../base/event";
import type { Logger } from "../base/log";
import type { TokenStore } from "../hub/account/account";
import type { HubConfiguration } from "../hub/signIn/configuration";
import type { TokenTerms } from "../hub/account/mint";
import type { UserPresence } from "../services/poller";
import type { Timeouts } from "../transport/settings";

/** Small values that outlive the window, shared by all windows; each thing under a key of its own. */
export interface Memory {
  get(key: string): unknown;
  /** `undefined` forgets the key. */
  set(key: string, value: unknown): Promise<void>;
  keys(): readonly string[];
}

/** Network settings; every property has the setting's value at the time it is read. */
export interface NetworkSettings {
  /** The hubs in the setting `jupyterhubConnect.hubs`, those that can be used. */
  readonly configuredHubs: readonly HubConfiguration[];
  /** Whether a certificate that cannot be trusted is refused. */
  readonly verifyCertificates: boolean;
  /** Whether the computer's certificate authorities are trusted. */
  readonly systemCertificates: boolean;
  /** Fired when `configuredHubs` has changed. */
  readonly onDidChangeHubs: Event<void>;
}

export interface Ports {
  /** Records of tokens (`Secret`) by account's or server's id; secret. Everything in it is kept out of `log`. */
  readonly tokens: TokenStore;
  /** How our own tokens are minted now; without, what a user gives is used as it is. */
  readonly tokenTerms?: () => TokenTerms;
  readonly memory: Memory;
  readonly log: Logger;
  /** Whether the user uses this window; always unless told. */
  readonly activity?: UserPresence;
  /** For how many milliseconds the user must have been away until idle kernels rest; undefined: they never do. */
  readonly restAfter?: () => number | undefined;
  /** No hubs are configured and all certificates verified unless told. */
  readonly network?: NetworkSettings;
  /** Asks whether a server that the hub at `hub` says to be on another host shall be used there; both as host and port. */
  readonly confirmServerHost?: (hub: string, server: string) => Promise<boolean>;
  /** Keeps a secret that is in no record of `tokens` out of `log`. */
  readonly hide?: (secret: string) => void;
  /** Of requests to hubs and their servers; the usual ones unless told. */
  readonly timeouts?: Partial<Timeouts>;
}
