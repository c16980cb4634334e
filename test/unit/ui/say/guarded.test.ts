// Objects of VS Code whose texts are plain whenever they are set: a stand-in for one, with what VS Code's have.
import assert from "node:assert/strict";
import { plain } from "../../../../src/base/plain";
import { guarded } from "../../../../src/ui/say/guarded";

class Box {
  title: string | undefined;
  value = "";
  #shown = 0;
  #items: readonly string[] = [];
  get items(): readonly string[] {
    return this.#items;
  }
  set items(items: readonly string[]) {
    this.#items = items;
  }
  get shown(): number {
    return this.#shown;
  }
  show(): void {
    this.#shown += 1;
  }
}

const link = "[x](command:y)";

describe("a guarded object", () => {
  const make = (): Box => guarded(new Box(), { title: (text) => text && plain(text), items: (items) => items.map((item) => plain(item)) });

  it("has plain texts, however they are set", () => {
    const box = make();
    box.title = link;
    assert.equal(box.title, "[x]\u2060(command:y)");
    Object.assign(box, { title: "$(error)", items: [link] });
    assert.deepEqual([box.title, box.items], ["$\u2060(error)", ["[x]\u2060(command:y)"]]);
    box.title = undefined;
    assert.equal(box.title, undefined);
  });

  it("is otherwise as it was: what is typed, its methods, what is private to it", () => {
    const box = make();
    box.value = link;
    box.show();
    assert.deepEqual([box.value, box.shown], [link, 1]);
  });
});
