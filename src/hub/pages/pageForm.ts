// A form on a hub's page: its fields, and the labels that belong to them; gone through once, whatever its size.
import { DomUtils, ElementType } from "htmlparser2";
import type { parsePage } from "./page";

export type Page = ReturnType<typeof parsePage>;
export type Element = NonNullable<ReturnType<typeof DomUtils.findOne>>;

/** Characters of a text that a user reads. */
const longestText = 2_000;
/** Nodes that are searched for a heading. */
const nearby = 1_000;

interface Placed {
  readonly element: Element;
  readonly at: number;
}

export class PageForm {
  readonly #labels = new Map<string, Placed>();
  readonly #inputs = new Map<string, Element>();
  /** Its inputs, selects and text areas, in their order. */
  readonly controls: readonly Element[];

  constructor(form: Element) {
    const found = all(form, "input", "select", "textarea", "label");
    this.controls = found.filter(({ name }) => name !== "label");
    found.forEach((element, at) => {
      if (element.name === "label") remember(this.#labels, attribute(element, "for"), { element, at });
      if (element.name !== "input") return;
      for (const key of ["data-name", "name"]) remember(this.#inputs, attribute(element, key), element);
    });
  }

  /** The first input of this name, be it for a script only (`data-name`). */
  input(name: string): Element | undefined {
    return this.#inputs.get(name);
  }

  /** The first label that is for one of `ids`. */
  labelFor(...ids: readonly string[]): Element | undefined {
    const labels = ids.flatMap((id) => this.#labels.get(id) ?? []);
    return labels.sort((one, other) => one.at - other.at)[0]?.element;
  }

  /** The label for `input`, else the innermost one that it is in. */
  labelOf(input: Element): Element | undefined {
    const id = attribute(input, "id");
    const named = id === "" ? undefined : this.labelFor(id);
    if (named) return named;
    for (let around = input.parent; around !== null; around = around.parent) {
      if (around.type === ElementType.Tag && around.name === "label") return around;
    }
    return undefined;
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  if (!map.has(key)) map.set(key, value);
}

/** The elements of these names in `root`, in their order. */
export function all(root: Element, ...names: string[]): Element[] {
  return DomUtils.getElementsByTagName((name) => names.includes(name), root.children, true);
}

/** The first element whose name matches; undefined where it is not near the beginning. */
export function firstIn(root: Element, name: RegExp): Element | undefined {
  const left = root.children.toReversed();
  for (let count = 0; count < nearby; count++) {
    const node = left.pop();
    if (!node) break;
    if (!("children" in node)) continue;
    if ("name" in node && name.test(node.name)) return node;
    left.push(...node.children.slice(0, nearby).toReversed());
  }
  return undefined;
}

/** Empty where it has none. */
export function attribute(element: Element, name: string): string {
  return DomUtils.getAttributeValue(element, name) ?? "";
}

export function hasClass(element: Element, name: string): boolean {
  return attribute(element, "class").split(/\s+/).includes(name);
}

/** The text a user reads, in one line, without scripts and styles; the beginning of a long one. */
export function textOf(element: Element): string {
  let text = "";
  const left: Element["children"] = [element];
  while (text.length < 4 * longestText) {
    const node = left.pop();
    if (!node) break;
    if (node.type === ElementType.Text) text += node.data;
    else if (node.type === ElementType.Tag) left.push(...node.children.slice(0, 4 * longestText).toReversed());
  }
  return text
    .slice(0, 4 * longestText)
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, longestText);
}
