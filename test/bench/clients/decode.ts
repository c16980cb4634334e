// Decodes small messages in both protocols, ours and the peer's; prints microseconds a message as JSON.
import { deserialize } from "@jupyterlab/services/lib/kernel/serialize";
import { decode, encode, v1Protocol } from "../../../src/services/kernel/codec";
import { createMessage, type Message } from "../../../src/services/kernel/messages";
import { median } from "../measurement";

const rounds = 31;
const perRound = 10_000;

/** What a running cell sends most, as ipykernel writes it. */
function smallMessages(): Message[] {
  const parent = createMessage("4c9a6a5e-client", "shell", "execute_request", {}).header;
  const kinds: [string, Record<string, unknown>][] = [
    ["status", { execution_state: "busy" }],
    ["stream", { name: "stdout", text: "epoch 17 of 200, loss 0.0312, accuracy 0.991\n" }],
    ["execute_result", { data: { "text/plain": "array([1, 2, 3])" }, metadata: {}, execution_count: 7 }],
    ["status", { execution_state: "idle" }],
  ];
  return kinds.map(([type, content]) => createMessage("0d5e1c2f-kernel", "iopub", type, content, { parent }));
}

/** It takes text as well, whatever its declaration says. */
const peerDeserialize = deserialize as unknown as (text: string) => unknown;

const messages = smallMessages();
/** As ws hands frames over: binary as Buffer, for the peer as ArrayBuffer; text as the bytes it came in. */
const frames = messages.map((message) => {
  const v1 = Buffer.from(encode(message, v1Protocol));
  const json = Buffer.from(encode(message, ""));
  return { v1, json, text: json.toString(), arrayBuffer: Uint8Array.from(v1).buffer };
});
type Frames = (typeof frames)[number];

/** By name; the `Json` ones take bytes, as they come off the wire, the `Text` ones text that somebody has made of them. */
const ways: Readonly<Record<string, (frame: Frames) => unknown>> = {
  oursV1: ({ v1 }) => decode(v1, v1Protocol),
  oursJson: ({ json }) => decode(json.toString("utf8"), ""),
  oursText: ({ text }) => decode(text, ""),
  peerV1: ({ arrayBuffer }) => deserialize(arrayBuffer, v1Protocol),
  peerJson: ({ json }) => peerDeserialize(json.toString("utf8")),
  peerText: ({ text }) => peerDeserialize(text),
};

const times = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
for (let round = -5; round < rounds; round++) {
  for (const [name, way] of Object.entries(ways)) {
    const start = performance.now();
    for (let count = 0; count < perRound; count += frames.length) for (const frame of frames) way(frame);
    const perMessage = ((performance.now() - start) / perRound) * 1000;
    if (round >= 0) times.get(name)?.push(perMessage); // the first ones warm up
  }
}
process.stdout.write(JSON.stringify(Object.fromEntries([...times].map(([name, all]) => [name, median(all)]))));
