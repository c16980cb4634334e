// Row view: label, description, icon and accessibility label of one row of the JupyterHub Connect view.
import type { ServerState } from "../../app/servers/server";
import type { CommandName } from "../contributed/commands";

/** `shared` is what its hub does not start and stop for this user: somebody else's server, or one without a hub. */
export type ServerKind = "default" | "named" | "shared";

/** What menus go by, as `viewItem` in package.json. A session's last part is its type, which its client chose. */
export type RowContext =
  | "hub"
  | `account.${"signedIn" | "signedOut" | "plain"}`
  | `server.${ServerState}.${ServerKind}${"" | ".kept"}`
  | `session.kernel.${string}`
  | "session.empty"
  | "kernel.kernel"
  | "others"
  | "terminal"
  | "specs"
  | "spec"
  | "note";

/** The drawn texts and icons of a row; no more, since a change that is not drawn is none. */
export interface RowView {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** The name of a theme icon, and of a theme colour for it. */
  readonly icon: readonly [name: string, color?: string];
  /** A file whose icon stands for the row, where the user's icon theme has one. */
  readonly fileName?: string;
  /** A picture, as a data URI, that goes before both. */
  readonly image?: string | undefined;
  /** The `contextValue` that menus go by. */
  readonly context: RowContext;
  readonly under: "nothing" | "collapsed" | "expanded";
  /** The command of a click, if any. */
  readonly command?: { readonly name: CommandName; readonly title: string };
}
