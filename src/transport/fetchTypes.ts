// Types of an HTTP exchange, as the transport sees it.
import type { Agent } from "node:http";
import type { TlsOptions } from "./tls/tls";

export interface FetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the exchange at any time, the body included. */
  readonly signal?: AbortSignal;
  readonly agent?: Agent;
  /**
   * Given to the request itself: an agent's own would be lost, since VS Code puts its agent in the place of any other
   * (`http.proxySupport`), and takes over what the request says.
   */
  readonly tls?: TlsOptions;
}

/** An answer whose body has yet to come. */
export interface FetchResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: {
    get(name: string): string | null;
    /** Each cookie that is set, as its header says it. */
    getSetCookie?(): readonly string[];
  };
  /** Its bytes, without compression; read by `readBody`, which bounds them. */
  readonly body: AsyncIterable<unknown> | null;
}

export type Fetch = (url: URL, init: FetchInit) => Promise<FetchResponse>;
