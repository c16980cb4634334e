// What of a server's API was really used: every request that goes out is recorded with the status of its answer, and
// compared with the operations of the server's own api.yaml.
import * as v from "valibot";
import { parse } from "yaml";
import type { ServerSettings } from "../../../src/transport/settings";

/** One request that a server has answered; `path` is below the server's address, encoded, without query. */
export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** Records what goes through settings made by `of`. */
export class RequestRecord {
  readonly answered: Answered[] = [];

  /** `settings`, whose requests are recorded from now on. */
  of(settings: ServerSettings): ServerSettings {
    const fetch: ServerSettings["fetch"] = async (url, init) => {
      const response = await settings.fetch(url, init);
      const { pathname } = url;
      const path = `/${pathname.slice(settings.baseUrl.pathname.length)}`;
      this.answered.push({ method: init.method ?? "GET", path, status: response.status });
      return response;
    };
    return { ...settings, fetch };
  }
}

/** One operation of an api.yaml, e.g. `GET /api/kernels/{kernel_id}`. */
export interface Operation {
  readonly method: string;
  readonly template: string;
}

const methods = ["get", "post", "put", "patch", "delete", "head", "options"] as const;
const document = v.looseObject({ paths: v.record(v.string(), v.record(v.string(), v.unknown())) });

/** The operations of an api.yaml. */
export function operationsOf(yaml: string): Operation[] {
  const { paths } = v.parse(document, parse(yaml));
  return Object.entries(paths).flatMap(([template, item]) =>
    methods.filter((method) => method in item).map((method) => ({ method: method.toUpperCase(), template })),
  );
}

/** The operations that none of the requests used with success. */
export function unanswered(operations: readonly Operation[], answered: readonly Answered[]): Operation[] {
  const used = new Set<Operation | undefined>();
  for (const { method, path, status } of answered) {
    if (status < 200 || status >= 300) continue;
    // Of the templates that fit, the one that says most: `…/{path}/checkpoints` before `…/{path}`.
    const fitting = operations.filter((each) => each.method === method && pattern(each.template).test(path));
    used.add(fitting.sort((a, b) => literalLength(b) - literalLength(a))[0]);
  }
  return operations.filter((operation) => !used.has(operation));
}

/** `{path}` may have several segments, every other parameter has one; a slash at the end says nothing. */
function pattern(template: string): RegExp {
  const source = template
    .replace(/\/$/, "")
    .split(/(\{\w+\})/)
    .map((part) => {
      if (part === "{path}") return ".+";
      return part.startsWith("{") ? "[^/]+" : part.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&");
    });
  return new RegExp(`^${source.join("")}/?$`);
}

function literalLength({ template }: Operation): number {
  return template.replaceAll(/\{\w+\}/g, "").length;
}
