// Memory and processor time of a server and its kernels, where the server has jupyter-resource-usage.
import * as v from "valibot";
import { megabyte } from "../../transport/body";
import { requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import type { Abort } from "./abort";

const number = v.nullish(v.number());

/** The answer of jupyter-resource-usage 0.5 to 1.3; a limit of 0 is none. */
const usageModel = v.looseObject({
  rss: v.number(),
  pss: number,
  limits: v.nullish(v.looseObject({ memory: v.nullish(v.looseObject({ rss: number })), cpu: v.nullish(v.looseObject({ cpu: number })) })),
  cpu_percent: number,
});

/** The usage of the server's process and all below it, its kernels among them. */
export interface ResourceUsage {
  /** Bytes; memory shared by several processes counts once where the server can tell (its `pss`). */
  readonly memory: number;
  /** Bytes; undefined where there is no limit. */
  readonly memoryLimit: number | undefined;
  /** Cores, e.g. 1.5; undefined where the server does not track it. */
  readonly cores: number | undefined;
  /** Cores; undefined where there is no limit. */
  readonly coreLimit: number | undefined;
}

/**
 * GET /api/metrics/v1 (https://github.com/jupyter-server/jupyter-resource-usage; not in api.yaml)
 * @throws ProductError `not-found` where the server does not have it
 */
export async function resourceUsage(settings: ServerSettings, options: Abort = {}): Promise<ResourceUsage> {
  const {
    rss,
    pss,
    limits,
    cpu_percent: percent,
  } = await requestJson(settings, "api/metrics/v1", usageModel, { maxBytes: megabyte, ...options });
  return {
    memory: pss ?? rss,
    memoryLimit: limits?.memory?.rss || undefined,
    cores: typeof percent === "number" ? percent / 100 : undefined,
    coreLimit: limits?.cpu?.cpu || undefined,
  };
}
