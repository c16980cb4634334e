// REST questions about a kernel's websocket: why it is refused, whether another client has evicted it, which messages were missed.
import { ProductError, asError, hasCode } from "../../../base/errors";
import type { ServerSettings } from "../../../transport/settings";
import { noWebsocketError } from "../kernelErrors";
import type { LinkPorts } from "./linkPorts";
import { isNoUpgrade } from "./noUpgrade";
import type { KernelRestProbe } from "./kernelRestProbe";
import type { KernelEvent, KernelState, Outage } from "./state";

export interface LinkQuestionsPorts extends Pick<LinkPorts, "settings" | "kernelId" | "delivery" | "modelled"> {
  readonly server: KernelRestProbe;
  state(): KernelState;
  dispatch(event: KernelEvent): void;
}

/** Sends the questions, and dispatches the answers as events. */
export class LinkQuestions {
  readonly #ports: LinkQuestionsPorts;

  constructor(ports: LinkQuestionsPorts) {
    this.#ports = ports;
  }

  /** A websocket was refused. */
  refused(error: Error): void {
    const { worked, attempt } = this.#ports.state();
    this.#settings.log.debug(`${this.#settings.label}: no connection to kernel ${this.#ports.kernelId}`, error);
    const isForGood = !worked && isNoUpgrade(error, attempt + 1);
    if (isForGood || hasCode(error, "not-found")) void this.#askWhyRefused(error, isForGood);
    else this.#ports.dispatch({ type: "open-failed", error });
  }

  /** The kernel does not answer, and the server knows of nothing that it is at: the websocket leads nowhere. */
  async isIdle(): Promise<boolean> {
    const model = await this.#ports.server.get().catch(() => undefined); // no answer tells nothing
    return model?.execution_state === "idle";
  }

  /** The websocket was closed as the server closes the older of two. */
  async askEviction(): Promise<void> {
    this.#ports.dispatch({ type: (await this.#ports.server.isHeldByAnother()) ? "evicted" : "not-evicted" });
  }

  async awaitEnd(): Promise<void> {
    const error = await this.#ports.server.whenGone();
    if (error) this.#ports.dispatch({ type: "open-failed", error });
  }

  /**
   * A busy kernel says nothing by itself; the server's model tells, and whether others kept the kernel's buffer from us.
   * @param outage what was before the present websocket
   */
  async refreshModel(outage: Outage | undefined): Promise<void> {
    const { server, kernelId } = this.#ports;
    let others = false;
    try {
      const model = await server.get();
      others = model.connections > 1;
      this.#ports.modelled(model);
      this.#ports.dispatch({ type: "rest-model", status: model.execution_state });
    } catch (error) {
      if (this.#ports.state().ended) return;
      if (hasCode(error, "not-found")) this.#ports.dispatch({ type: "open-failed", error });
      else this.#settings.log.warn(`${this.#settings.label}: the model of kernel ${kernelId} could not be read`, error);
    }
    if (outage && (outage.silent || others)) this.#ports.delivery.mayHaveMissed({ from: outage.from, to: Date.now() });
  }

  get #settings(): ServerSettings {
    return this.#ports.settings;
  }

  /** A refused websocket does not say who refused it. @param isForGood no websocket can be opened, if requests are answered */
  async #askWhyRefused(refusal: Error, isForGood: boolean): Promise<void> {
    const { label, log } = this.#settings;
    const error = await this.#ports.server.get().then(
      () =>
        isForGood
          ? noWebsocketError(this.#settings, refusal)
          : new ProductError("server-error", `${label} has the kernel, but opens no connection to it.`),
      // Where requests fail as well, the websocket is no news.
      (reason: unknown) => (isForGood && !hasCode(reason, "not-found") ? refusal : asError(reason)),
    );
    if (hasCode(error, "no-websocket") && !hasCode(this.#ports.state().refusal, "no-websocket"))
      log.warn("Kernels cannot be reached", error);
    this.#ports.dispatch({ type: "open-failed", error });
  }
}
