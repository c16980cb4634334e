// The states in which a fault strikes: what is going on before it, and what is done after it.
import type { Message } from "../../../src/services/kernel/messages";
import { waitFor } from "../../harness/processes/wait";
import { reached, type World } from "./world";

export interface State {
  readonly name: string;
  /** Brings the world into the state; resolves with what a person does once the fault is over. */
  enter(world: World): Promise<(() => void) | undefined>;
}

export const states: readonly State[] = [
  {
    name: "idle",
    enter: async (world) => () => void world.send(3, 0),
  },
  {
    name: "mid-cell",
    enter: async (world) => {
      await reached(world.send(12, 0.25), 2);
      return undefined;
    },
  },
  {
    name: "three queued",
    enter: async (world) => {
      const first = world.send(8, 0.25);
      world.send(4, 0.25);
      world.send(4, 0.25);
      await reached(first, 2);
      return undefined;
    },
  },
  {
    name: "awaiting input",
    enter: async (world) => {
      let question: Message | undefined;
      world.sendCode('print("got", input("name? "))', ["got Ana"], (message) => (question = message));
      const asked = await waitFor("the input request", async () => question, 30_000);
      return () => world.answer(asked, "Ana");
    },
  },
];
