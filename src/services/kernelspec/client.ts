// The server's kernel specs by REST.
import { requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import { kernelSpecsAnswer, readKernelSpec, type KernelSpec, type KernelSpecs } from "./model";

/** GET /api/kernelspecs. An invalid spec is left out and logged; the others stay. */
export async function listKernelSpecs(
  settings: ServerSettings,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<KernelSpecs> {
  const answer = await requestJson(settings, "api/kernelspecs", kernelSpecsAnswer, options);
  const specs: KernelSpec[] = [];
  for (const [name, entry] of Object.entries(answer.kernelspecs)) {
    const spec = readKernelSpec(entry);
    if (spec) specs.push(spec);
    else settings.log.warn(`${settings.label}: the kernel spec “${name}” is invalid and left out`);
  }
  const byDefault = specs.find(({ name }) => name === answer.default) ?? specs[0];
  return { default: byDefault?.name ?? "", specs };
}
