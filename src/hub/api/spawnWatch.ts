// SpawnWatch: starts one server and follows it until it is up or has failed.
import { abortable, backoff, delay, throwIfAborted } from "../../base/async";
import { asError, ProductError, hasCode, HttpError, messageOf } from "../../base/errors";
import { serverTitle, type HubClient, type StartAnswer, type ServerStartOptions } from "./client";
import { reasonIn } from "../../transport/httpErrors";
import type { HubServer, ProgressEvent } from "./model";

/** How often the hub is asked, in milliseconds. */
export interface SpawnPace {
  /** Before the second look at the model; doubled each time … */
  readonly first: number;
  /** … up to this. */
  readonly ceiling: number;
  /** How long the progress stream may say nothing before the model is asked beside it. */
  readonly quiet: number;
}

export interface SpawnWatchOptions {
  readonly client: HubClient;
  readonly user: string;
  readonly server: string;
  /** Bounds the whole. */
  readonly signal: AbortSignal;
  readonly pace: SpawnPace;
  readonly onProgress: (fraction: number, message: string) => void;
  /** Asks the hub for the server's model. */
  readonly look: () => Promise<HubServer>;
}

/** The start request: open while it has neither answer nor error. */
interface StartRequest {
  done: Promise<unknown>;
  answer?: StartAnswer;
  error?: Error;
}

/** Characters of a message that are reported. */
const longestMessage = 1_000;
/** Messages that are remembered as reported, against repetition. */
const mostTold = 1_000;
/** Bounds, in seconds, of the retry delay that a hub asks for when it puts a start off. */
const pauseBounds = { least: 1, most: 600 };

/** How a watch ended. */
type End = { readonly up: HubServer } | { readonly retryAfter: number };

/**
 * The hub reports a spawn in three places, none of them enough: the start request (blocks up to ten seconds, and says
 * only "error" when a spawn raises), the progress stream (has the reason of a failure, but may be cut or silent), and
 * the server's model (ready or pending, no reasons). The watch reads all three; a server is up only by its model.
 */
export class SpawnWatch {
  readonly #with: SpawnWatchOptions;
  readonly #told = new Set<string>();
  #fraction = 0;
  /** The progress stream has sent more than a spawn has to say: it is not read any more; the model has the outcome. */
  #flooded = false;

  constructor(options: SpawnWatchOptions) {
    this.#with = options;
  }

  /** Asks the hub to start the server with these options as often as the hub puts it off, and follows it. */
  async start(options: ServerStartOptions): Promise<HubServer> {
    const { client, user, server, signal } = this.#with;
    for (;;) {
      this.#tell(`Starting ${serverTitle(server)}`);
      const end = await this.#watch(track(client.startServer(user, server, options, { signal })));
      if ("up" in end) return end.up;
      this.#tell(`The hub is starting many servers at once; asking again in ${Math.ceil(end.retryAfter)} s`);
      await delay(end.retryAfter * 1000, signal);
      this.#told.clear();
    }
  }

  /** Follows a spawn that is under way. */
  async follow(): Promise<HubServer> {
    const end = await this.#watch(undefined);
    if ("up" in end) return end.up;
    throw this.#failed("");
  }

  async #watch(request: StartRequest | undefined): Promise<End> {
    const { signal, pace } = this.#with;
    for (let attempt = 0; ; attempt++) {
      throwIfAborted(signal);
      // Read before the model is: a model that was asked after the request's end is the outcome.
      const answered = request === undefined || request.answer !== undefined || request.error !== undefined;
      if (request?.error && hasFailed(request)) throw await this.#explained(request.error);
      if (request?.answer?.state === "queued") {
        const { least, most } = pauseBounds;
        return { retryAfter: Math.min(Math.max(request.answer.retryAfter, least), most) };
      }
      const server = await this.#look();
      if (server?.ready) return { up: server };
      if (server?.pending === "spawn" && !this.#flooded) {
        const last = await this.#readProgress(signal, request);
        if (last?.failed) throw this.#failed(last.message);
        if (last?.ready) continue;
      } else if (server?.pending === null && answered) {
        throw request?.error ?? this.#failed(await this.#reason());
      }
      const pause = backoff(attempt, pace.first, pace.ceiling);
      if (request && !answered) await within(abortable(request.done, signal), pause);
      else await delay(pause, signal);
    }
  }

  /** The model, or undefined while the hub cannot be asked: it may come back before the time is over. */
  async #look(): Promise<HubServer | undefined> {
    try {
      return await this.#with.look();
    } catch (error) {
      throwIfAborted(this.#with.signal);
      if (!isPassing(error)) throw error;
      this.#tell(`The hub does not answer; asking again. ${messageOf(error)}`);
      return undefined;
    }
  }

  /**
   * Reports the progress stream until its last event, its end, the end of the spawn by the model, or the failure of the
   * start request: a hub that finds the process dead says so there, long before the stream does.
   */
  async #readProgress(signal: AbortSignal, request?: StartRequest): Promise<ProgressEvent | undefined> {
    const { client, user, server, pace } = this.#with;
    const end = new AbortController();
    const events = client.progress(user, server, { signal: AbortSignal.any([signal, end.signal]) });
    try {
      for (;;) {
        const next = events.next();
        const told = request ? Promise.race([next, failed(request)]) : next;
        let result = await within(told, pace.quiet);
        while (result === undefined) {
          if (request && hasFailed(request)) return undefined;
          const now = await this.#look();
          if (now && (now.ready || now.pending !== "spawn")) return undefined;
          result = await within(told, pace.quiet);
        }
        if (result.done) return undefined;
        const event = result.value;
        if (event.ready || event.failed) return event;
        this.#tell(event.message, event.progress ?? 0);
      }
    } catch (error) {
      throwIfAborted(signal);
      this.#flooded ||= hasCode(error, "too-large");
      // Without the stream (cut, refused to this token, spawn just over) the model still has the outcome.
      client.settings.log.debug(`${client.settings.label}: progress of ${serverTitle(server)} ended early`, error);
      return undefined;
    } finally {
      end.abort();
    }
  }

  /** Why the last spawn failed: the progress endpoint keeps it until the next start. Bounded: it may still be open. */
  async #reason(): Promise<string> {
    const { signal, pace } = this.#with;
    const bound = AbortSignal.timeout(pace.quiet);
    try {
      const last = await this.#readProgress(AbortSignal.any([signal, bound]));
      return last?.failed ? last.message : "";
    } catch (error) {
      throwIfAborted(signal);
      if (!bound.aborted) throw error;
      return "";
    }
  }

  /** A start that raised is only "error" in the request's answer; the reason is with the progress. */
  async #explained(error: Error): Promise<Error> {
    if (!(error instanceof HttpError) || error.code !== "start-failed" || error.status !== 500) return error;
    if (!/^(error\b|internal server error|unhandled error|$)/i.test(reasonIn(error.body))) return error;
    const reason = await this.#reason();
    // Hubs 5 and 6 answer so when the process has ended, and wait on for it themselves.
    const isPending = reason === "" && (await this.#look())?.pending === "spawn";
    return this.#failed(
      isPending ? "its process seems to have ended at once. The hub itself gives no reason, and counts it as starting for a while" : reason,
      error,
    );
  }

  #failed(said: string, cause?: Error): ProductError {
    const { client, server } = this.#with;
    const reason = said
      .slice(0, longestMessage)
      .replace(/^spawn failed:?\s*/i, "")
      .trim();
    // Hub 6 says nothing, or "Spawn cancelled", of a spawn that was stopped.
    const why = /^(spawn cancelled)?$/i.test(reason)
      ? "the hub gives no reason; perhaps somebody stopped it while it was starting"
      : reason;
    const page = new URL("hub/home", client.settings.baseUrl).href;
    const message = `${client.settings.label} could not start ${serverTitle(server)}: ${why}. Try again; if it stays so, look at ${page} or ask the hub's administrator.`;
    return new ProductError("start-failed", message.replace(/([.!?])\. /, "$1 "), { cause });
  }

  /** A stream that is opened again replays its events: each message is reported once. `percent`: 0 to 100. */
  #tell(said: string, percent = 0): void {
    const message = said.slice(0, longestMessage);
    const fraction = Math.max(this.#fraction, Math.min(percent / 100, 1));
    if (message === "" || (this.#told.has(message) && fraction === this.#fraction)) return;
    this.#fraction = fraction;
    this.#told.add(message);
    const [oldest] = this.#told;
    if (this.#told.size > mostTold && oldest !== undefined) this.#told.delete(oldest);
    this.#with.onProgress(fraction, message);
  }
}

function isPassing(error: unknown): boolean {
  return hasCode(error, "unreachable", "timeout", "server-error", "rate-limited");
}

/** Whether the hub has refused the start: what was only cut may have been taken. */
function hasFailed({ error }: StartRequest): boolean {
  return error !== undefined && !isPassing(error);
}

/** Settles, with nothing, when the request has failed. */
function failed(request: StartRequest): Promise<undefined> {
  return new Promise((resolve) => {
    void request.done.then(() => {
      if (hasFailed(request)) resolve(undefined);
    });
  });
}

function track(starting: Promise<StartAnswer>): StartRequest {
  const request: StartRequest = { done: starting };
  request.done = starting.then(
    (answer) => (request.answer = answer),
    (error: unknown) => (request.error = asError(error)),
  );
  return request;
}

/** As `promise`, or undefined after `ms` milliseconds; `promise` itself goes on. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  promise.catch(() => undefined); // may reject when nobody waits any more
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, bound]);
  } finally {
    clearTimeout(timer);
  }
}
