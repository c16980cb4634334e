// The person at the window: answers the input boxes of running cells.
import type { Page } from "playwright-core";
import { delay } from "../../../src/base/async";
import { QuickInput } from "../vscode/quickInput";

/** The title of a box that a running cell has opened. */
const cellsQuestion = /Input for cell/;
/** How often a person looks up, in milliseconds. */
const lookMs = 100;

/** Answers boxes in the order they come; what to say is told anew for each notebook that asks. */
export class Person {
  #page: Page | undefined;
  #input: QuickInput | undefined;
  #turn = 0;

  /** Sits down at a window. */
  sit(page: Page): void {
    this.#page = page;
    this.#input = new QuickInput(page);
  }

  /**
   * A notebook's turn: gives `answers` in their order, null dismisses the box; until the next turn or leave().
   * A box that nobody expected is dismissed, so that its cell is interrupted and shows it.
   * @throws Error where the window does not take an answer
   */
  async answer(answers: readonly (string | null)[]): Promise<void> {
    const turn = ++this.#turn;
    const waiting = answers.values();
    try {
      while (turn === this.#turn) {
        if ((await this.#input?.shown(cellsQuestion)) === undefined) await delay(lookMs);
        else await this.#give(waiting.next().value ?? null);
      }
    } catch (error) {
      // At the end of the run the window closes while somebody still looks at it.
      if (this.#page?.isClosed() !== true) throw error;
    }
  }

  leave(): void {
    this.#turn++;
  }

  async #give(answer: string | null): Promise<void> {
    if (answer === null) await this.#input?.dismissOne();
    else {
      await this.#input?.answer(cellsQuestion, answer);
      await this.#input?.answered(answer);
    }
  }
}
