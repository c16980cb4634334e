// A hub's HTML page as a tree, bounded in parts and depth.
import { DomHandler, Parser } from "htmlparser2";

/** Elements within each other: what walks the tree calls itself for each level. Browsers stop at 512. */
const deepest = 200;
/** Elements, attributes and comments of a page; sign-in and spawn pages have some hundred. */
const most = 10_000;

class Enough extends Error {}

/** As the package's own handler, until the page has had enough. */
class BoundedHandler extends DomHandler {
  #count = 0;

  override onopentag(name: string, attributes: Record<string, string>): void {
    if (this.tagStack.length > deepest) throw new Enough();
    this.#take(1 + Object.keys(attributes).length);
    super.onopentag(name, attributes);
  }

  override oncomment(data: string): void {
    this.#take(1);
    super.oncomment(data);
  }

  override onprocessinginstruction(name: string, data: string): void {
    this.#take(1);
    super.onprocessinginstruction(name, data);
  }

  #take(count: number): void {
    this.#count += count;
    if (this.#count > most) throw new Enough();
  }
}

/** The tree of a page; of one that is too large or too deep its beginning. */
export function parsePage(html: string): DomHandler["root"] {
  const handler = new BoundedHandler();
  const parser = new Parser(handler);
  try {
    parser.end(html);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
  return handler.root;
}
