// The port of signing in: the questions it asks the user, and what it may know before.
import type { Disposable } from "../../base/disposable";
import type { OAuthClient } from "./configuration";
import type { OAuthFlow } from "../oauth/oauth";
import type { LoginField } from "./loginMethods";

/** Questions of a sign-in to the user. Do not show or keep what was typed. */
export interface SignInPort {
  /** Asks for a token; undefined means that the user cancelled. */
  askToken(question: TokenQuestion): Promise<string | undefined>;
  /** Asks for name and password; undefined: the user cancelled; `token`: would rather give a token. */
  askPassword(question: PasswordQuestion): Promise<PasswordAnswer | "token" | undefined>;
  /** Prepares the code flow of a hub where it is configured; without it that way is not gone. Disposed when it is over. */
  openOAuth?(client: OAuthClient, hub: URL): Promise<OAuthFlow & Disposable>;
  /** Asks whether to go on although everybody on the network can read what is sent to `url`. */
  confirmPlainHttp(url: URL): Promise<boolean>;
  /** Says, before anything secret is sent, that whoever answers at `url` may be somebody else: certificates are not checked. */
  warnUnverified?(url: URL): void;
  /**
   * Asks whether to sign in to `hub`, which is on another host than the one that was pasted; without it that is refused.
   * Show hosts as they are in the URLs, where letters of other scripts are written as xn--.
   */
  confirmOtherHost?(pasted: URL, hub: URL): Promise<boolean>;
}

export interface TokenQuestion {
  readonly hub: URL;
  readonly version: string;
  /** The hub's page where tokens are made; undefined for a Jupyter server without a hub, which takes a password too. */
  readonly tokenPage: URL | undefined;
  /** The hub's pages are the way in: open the token page at once, without being asked. */
  readonly byBrowser: boolean;
  /** The user whose page was pasted. */
  readonly user?: string;
  /** Why the token before was not taken. */
  readonly problem?: string;
}

export interface PasswordQuestion {
  readonly hub: URL;
  /** The user whose page was pasted, or the name that was typed before. */
  readonly user?: string;
  /** Further fields that the hub asks for, such as a one-time code. */
  readonly further: readonly LoginField[];
  /** Why name and password before were not taken. */
  readonly problem?: string;
}

export interface PasswordAnswer {
  readonly userName: string;
  readonly password: string;
  /** The further fields by name. */
  readonly further?: Readonly<Record<string, string>>;
}

/** Data that is given before anybody is asked: the address, and perhaps a token, or name and password. */
export interface SignInGiven {
  readonly address: string;
  readonly token?: string;
  readonly userName?: string;
  readonly password?: string;
}
