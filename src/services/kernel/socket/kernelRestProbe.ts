// REST probe of one kernel: the server's model of it, requested while the kernel's websocket comes and goes.
import { delay } from "../../../base/async";
import { ProductError, hasCode } from "../../../base/errors";
import type { ServerSettings } from "../../../transport/settings";
import { getKernel } from "../client";
import type { KernelModel } from "../model";

/** Sends REST requests about one kernel; all end when `ending` aborts. */
export class KernelRestProbe {
  constructor(
    private readonly settings: ServerSettings,
    private readonly kernelId: string,
    private readonly ending: AbortSignal,
  ) {}

  /** The server's model. One retry: a pooled HTTP connection may have died with the websocket, and a second request gets a new one. */
  async get(): Promise<KernelModel> {
    for (let attempt = 0; ; attempt++) {
      const silence = new ProductError("timeout", `${this.settings.label} does not answer.`);
      const bound = new AbortController();
      const timer = setTimeout(() => bound.abort(silence), this.settings.timeouts.liveness);
      try {
        return await getKernel(this.settings, this.kernelId, { signal: AbortSignal.any([this.ending, bound.signal]) });
      } catch (error) {
        if (!bound.signal.aborted || this.ending.aborted || attempt > 0) throw error;
      } finally {
        clearTimeout(timer);
      }
    }
  }

  /**
   * Whether another client holds the session id that our websocket was closed for. Such a client stays; the remains of
   * an attempt of our own that was given up disappear from the server in a moment.
   */
  async isHeldByAnother(): Promise<boolean> {
    try {
      for (let attempt = 0; attempt < 10; attempt++) {
        if (attempt > 0) await delay(this.settings.timeouts.retry, this.ending);
        if ((await this.get()).connections === 0) return false;
      }
      return true;
    } catch (error) {
      this.settings.log.debug(`Kernel ${this.kernelId} could not be asked for its connections`, error);
      return false;
    }
  }

  /**
   * Polls until the kernel is off the server's list.
   * @returns the server's refusal then; undefined where the kernel has not ended after five seconds
   */
  async whenGone(): Promise<Error | undefined> {
    for (let attempt = 0; attempt < 20 && !this.ending.aborted; attempt++) {
      try {
        await delay(250, this.ending);
        await getKernel(this.settings, this.kernelId, { signal: this.ending });
      } catch (error) {
        if (hasCode(error, "not-found")) return error;
      }
    }
    return undefined;
  }
}
