// Server-sent events: the data of each, parsed from a stream of text, bounded in number for each connection.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
import { createParser } from "eventsource-parser";
import { ProductError } from "../base/errors";

/** Characters of one event, its unfinished lines included. */
const longestEvent = 64 * 1024;
/** Events of one connection. */
const mostEvents = 1_000;

/**
 * The data of each event. Ends as `stream` does.
 * @param what names the request in the error
 * @throws ProductError `too-large` where an event or line has more than 64 KB, or more than 1,000 events come
 */
export async function* eventsIn(stream: AsyncIterable<string>, what: string): AsyncGenerator<string> {
  const events: string[] = [];
  const problems: string[] = [];
  const parser = createParser({
    maxBufferSize: longestEvent,
    onEvent: ({ data }) => void events.push(data),
    onError: ({ type }) => {
      if (type === "max-buffer-size-exceeded") problems.push(type);
    },
  });
  let count = 0;
  for await (const chunk of stream) {
    parser.feed(chunk);
    for (const data of events.splice(0)) {
      if (++count > mostEvents) throw tooMuch(what);
      yield data;
    }
    if (problems.length > 0) throw tooMuch(what);
  }
}

function tooMuch(what: string): ProductError {
  return new ProductError("too-large", `${what} with more events than belong there.`);
}
