// Messages as bytes made in advance: websocket frames of the v1 protocol into which only the parent's ids are written.
import { encode, v1Protocol } from "../../src/services/kernel/codec";
import { createMessage, type Channel, type Header, type JsonObject } from "../../src/services/kernel/messages";

/** Channel, type and content. */
export type Content = readonly [Channel, string, JsonObject];

const kernelSession = "5e551000-0000-4000-8000-000000000001";
/** What stands where ids are written: as long as these, which are UUIDs. */
const parentId = "########-parent-id-#################";
const parentSession = "########-session-###################";

/** Frames of some messages in a row. */
export class Prepared {
  readonly #bytes: Buffer;
  readonly #ids: number[] = [];
  readonly #sessions: number[] = [];

  constructor(contents: readonly Content[]) {
    const parent = { ...createMessage(parentSession, "shell", "execute_request", {}).header, msg_id: parentId };
    const frames = contents.map(([channel, type, content]) =>
      framed(Buffer.from(encode(createMessage(kernelSession, channel, type, content, { parent }), v1Protocol))),
    );
    let start = 0;
    for (const frame of frames) {
      this.#ids.push(start + frame.indexOf(parentId));
      this.#sessions.push(start + frame.indexOf(parentSession));
      start += frame.length;
    }
    this.#bytes = Buffer.concat(frames);
  }

  /** The bytes as answers to the request with this header; valid until the next call. */
  to({ msg_id: id, session }: Header): Buffer {
    if (id.length !== parentId.length || session.length !== parentSession.length) throw new Error("Only UUIDs can be written in.");
    for (const at of this.#ids) this.#bytes.write(id, at, "latin1");
    for (const at of this.#sessions) this.#bytes.write(session, at, "latin1");
    return this.#bytes;
  }
}

/** A final binary frame as servers send it, without a mask. RFC 6455 §5.2 */
function framed(payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x82;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
