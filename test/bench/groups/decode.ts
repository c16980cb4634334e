// Decoding of small messages: v1 frames and JSON, ours and the peer's, in one process.
import { once } from "node:events";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import type { Group } from "../group";
import type { Measurement } from "../measurement";

const unit = "µs/message";
const result = v.object({
  ...{ oursV1: v.number(), oursJson: v.number(), oursText: v.number() },
  ...{ peerV1: v.number(), peerJson: v.number(), peerText: v.number() },
});

export const decode: Group = {
  name: "decode",
  title: "decoding of small messages",
  async measure(bench) {
    const child = bench.spawn(process.execPath, [await bench.bundle("clients/decode.ts")], { stdio: ["ignore", "pipe", "inherit"] });
    const [printed] = await Promise.all([child.stdout ? text(child.stdout) : "", once(child, "close")]);
    const { oursV1, oursJson, oursText, peerV1, peerJson, peerText } = v.parse(v.pipe(v.string(), v.parseJson(), result), printed);
    return [
      { name: "decode.v1", unit, ours: oursV1, peer: peerV1 },
      { name: "decode.json", unit, ours: oursJson, peer: peerJson },
      // Without the step from bytes to text, which JSON frames need as well.
      { name: "decode.jsonText", unit, ours: oursText, peer: peerText },
      // The goal is held against the better of the two.
      { name: "decode.v1PerJson", unit: "×", ours: oursV1 / oursText, peer: peerV1 / peerText, goal: { kind: "ours", value: 1 } },
    ] satisfies Measurement[];
  },
};
