// What a client asked for over one connection: the heads of its HTTP requests, as they were sent.

/** The head of a request. */
export interface RequestHead {
  /** `GET /hub/api/user HTTP/1.1`. */
  readonly line: string;
  /** The rest of it. */
  readonly headers: string;
}

const head = /(?<![A-Z])((?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \S+ HTTP\/1\.1)\r\n((?:[^\r\n]+\r\n)*)\r\n/g;

/** No head is longer; of what comes between them no more is kept. */
const longest = 64 * 1024;

/** Finds heads in a stream of bytes, between bodies and websocket frames. */
export class RequestHeads {
  readonly #found: RequestHead[];
  #text = "";

  /** @param found what is found is added to it */
  constructor(found: RequestHead[]) {
    this.#found = found;
  }

  add(chunk: Buffer): void {
    this.#text += chunk.toString("latin1");
    let end = 0;
    for (const match of this.#text.matchAll(head)) {
      this.#found.push({ line: match[1] ?? "", headers: match[2] ?? "" });
      end = match.index + match[0].length;
    }
    this.#text = this.#text.slice(end).slice(-longest);
  }
}
