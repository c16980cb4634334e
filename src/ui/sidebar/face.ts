// Row view: label, description, icon and accessibility label of one row of the JupyterHub view.

/** The drawn texts and icons of a row; no more, since a change that is not drawn is none. */
export interface Face {
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
  readonly context: string;
  readonly under: "nothing" | "collapsed" | "expanded";
  /** The command of a click, if any. */
  readonly command?: { readonly name: string; readonly title: string };
}
