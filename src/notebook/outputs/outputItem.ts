// One representation of an output: a mime type and its bytes.

/** A representation of an output; `data` is UTF-8 where the mime type is text. */
export interface OutputItem {
  readonly mime: string;
  readonly data: Uint8Array;
}

/** Text that becomes bytes only when somebody reads them: most states of a growing output are never written. */
class TextItem implements OutputItem {
  constructor(
    readonly mime: string,
    readonly text: string,
  ) {}

  get data(): Uint8Array {
    return new TextEncoder().encode(this.text);
  }
}

/** An item of text. */
export function textItem(mime: string, text: string): OutputItem {
  return new TextItem(mime, text);
}

/** `item` with `text` behind its own. */
export function withText(item: OutputItem, text: string): OutputItem {
  return new TextItem(item.mime, textOf(item) + text);
}

/** The text of an item whose mime type is text. */
export function textOf(item: OutputItem): string {
  return item instanceof TextItem ? item.text : new TextDecoder().decode(item.data);
}
