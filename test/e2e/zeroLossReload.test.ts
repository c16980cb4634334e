// Nothing is lost while a queue of cells runs and the window is reloaded or closed: see support/interruptedQueue.ts.
import { interruptedQueue } from "./support/interruptedQueue";

describe("a queue of cells that is interrupted by its window", function () {
  this.timeout(6 * 60_000);
  interruptedQueue(({ reloads }) => reloads);
});
