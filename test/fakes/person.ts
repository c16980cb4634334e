// A person who comes and goes when the test says so.
import { Emitter } from "../../src/base/event";
import type { UserPresence } from "../../src/services/poller";

export class FakePerson implements UserPresence {
  readonly #changed = new Emitter<boolean>();
  readonly onDidChange = this.#changed.event;
  isActive = true;

  become(isActive: boolean): void {
    this.isActive = isActive;
    this.#changed.fire(isActive);
  }
}
