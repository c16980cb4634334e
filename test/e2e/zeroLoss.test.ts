// Nothing is lost while a queue of cells runs and the network or a part of the hub goes: see support/interruptedQueue.ts.
import { interruptedQueue } from "./support/interruptedQueue";

describe("a queue of cells that is interrupted", function () {
  this.timeout(6 * 60_000);
  interruptedQueue(({ reloads }) => !reloads);
});
