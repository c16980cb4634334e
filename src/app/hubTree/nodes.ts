// The nodes of the JupyterHub Connect view: one object for each row for as long as the row exists, and the detection of changed rows.
import { keyOf, type Row } from "./rows";

/** A row in its place. */
export class TreeNode {
  readonly key: string;
  /** Under it, as far as somebody has looked. */
  children: readonly TreeNode[] | undefined;
  /** Whether somebody looks under it. */
  isOpen = false;

  /** @param drawn how the row looks, for comparison */
  constructor(
    public row: Row,
    readonly parent: TreeNode | undefined,
    public drawn: string,
  ) {
    this.key = keyOf(row);
  }
}

/** A node to be drawn anew with what is under it; undefined stands for all. */
export type Change = TreeNode | undefined;

export interface NodesOptions {
  /** The rows under `row`, or the first ones. */
  readonly rowsOf: (row: Row | undefined) => readonly Row[];
  /** How a row looks: what is not drawn is no change. */
  readonly draw: (row: Row) => string;
}

/** Keeps one node for each row that somebody can see; nothing is made for what is under a collapsed one. */
export class Nodes {
  readonly #options: NodesOptions;
  #roots: readonly TreeNode[] = [];

  constructor(options: NodesOptions) {
    this.#options = options;
  }

  get roots(): readonly TreeNode[] {
    return this.#roots;
  }

  /** Somebody looks under `node`: what is there. */
  children(node: TreeNode | undefined): readonly TreeNode[] {
    if (node) node.isOpen = true;
    return this.#renew(node, []);
  }

  /** Every node that is on the screen, if scrolled to. */
  *visible(nodes: readonly TreeNode[] = this.#roots): Generator<TreeNode> {
    for (const node of nodes) {
      yield node;
      if (node.isOpen && node.children) yield* this.visible(node.children);
    }
  }

  /** Brings all visible rows up to date. @returns those that look another way now, or have other rows under them */
  update(): readonly Change[] {
    const changes: Change[] = [];
    this.#renewAll(undefined, changes, true);
    return changes;
  }

  /** @param tells false below a node that is refreshed as a whole: its rows are drawn anew with it */
  #renewAll(node: TreeNode | undefined, changes: Change[], tells: boolean): void {
    const before = this.#under(node);
    const looks: TreeNode[] = [];
    const after = this.#renew(node, looks);
    const isSame = after.length === before.length && after.every((child, index) => child === before[index]);
    if (tells && !isSame) changes.push(node);
    const goesOn = tells && isSame;
    if (goesOn) changes.push(...looks);
    for (const child of after) if (child.isOpen) this.#renewAll(child, changes, goesOn && !looks.includes(child));
  }

  /** @param looks gets the nodes that were there before and look another way now */
  #renew(node: TreeNode | undefined, looks: TreeNode[]): readonly TreeNode[] {
    const known = new Map(this.#under(node).map((child) => [child.key, child]));
    // A thing that a server lists twice is shown once: VS Code shows none of two with one key.
    const rows = new Map(this.#options.rowsOf(node?.row).map((row) => [keyOf(row), row]));
    const children = [...rows].map(([key, row]) => {
      const drawn = this.#options.draw(row);
      const child = known.get(key);
      if (!child) return new TreeNode(row, node, drawn);
      child.row = row;
      if (child.drawn !== drawn) looks.push(child);
      child.drawn = drawn;
      return child;
    });
    if (node) node.children = children;
    else this.#roots = children;
    return children;
  }

  #under(node: TreeNode | undefined): readonly TreeNode[] {
    return node ? (node.children ?? []) : this.#roots;
  }
}
