// One kernel spec, and its files: logos, kernel.js, kernel.css.
import * as v from "valibot";
import { ProductError } from "../../base/errors";
import { megabyte } from "../../transport/body";
import { requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import { encodeName } from "../../transport/target";
import { readKernelSpec, type KernelSpec } from "../kernelspec/model";
import type { Abort } from "./abort";
import { requestBytes, type BytesAnswer } from "./bytes";

/** GET /api/kernelspecs/NAME (not in api.yaml). @throws ProductError `not-found`, `invalid-response` */
export async function getKernelSpec(settings: ServerSettings, name: string, options: Abort = {}): Promise<KernelSpec> {
  const spec = readKernelSpec(await requestJson(settings, `api/kernelspecs/${encodeName(name)}`, v.unknown(), options));
  if (spec) return spec;
  throw new ProductError("invalid-response", `${settings.label} described the kernel “${name}” in an unknown form.`);
}

/**
 * GET of a resource of a spec, e.g. its logo.
 * @param resource as in `KernelSpec.resources`: an absolute path on the server
 * @throws ProductError `not-found`; `address` for one that lies elsewhere, as `request`
 */
export function kernelSpecResource(settings: ServerSettings, resource: string, options: Abort = {}): Promise<BytesAnswer> {
  return requestBytes(settings, resource, { maxBytes: megabyte, ...options });
}
