// How one row of the JupyterHub Connect view looks.

/** What is drawn of a row; no more, since what is not drawn is no change. */
export interface Face {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** The name of a theme icon, and of a theme colour for it. */
  readonly icon: readonly [name: string, color?: string];
  /** A file whose icon stands for the row, where the person's icon theme has one. */
  readonly fileName?: string;
  /** A picture, as a data URI, that goes before both. */
  readonly image?: string | undefined;
  /** What menus go by. */
  readonly context: string;
  readonly under: "nothing" | "collapsed" | "expanded";
  /** What a click does, if it does something. */
  readonly command?: { readonly name: string; readonly title: string };
}
