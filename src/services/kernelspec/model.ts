// Kernel specs: the kinds of kernel that a server can start.
import * as v from "valibot";

const kernelSpec = v.looseObject({
  name: v.string(),
  spec: v.looseObject({
    display_name: v.string(),
    language: v.string(),
    argv: v.nullish(v.array(v.string()), []),
    interrupt_mode: v.nullish(v.string(), "signal"),
    metadata: v.nullish(v.record(v.string(), v.unknown()), {}),
  }),
  /** Logos by name, as URL paths on the server. */
  resources: v.nullish(v.record(v.string(), v.string()), {}),
});

/** The whole answer; its entries are validated one by one, so that a faulty one does not take the others with it. */
export const kernelSpecsAnswer = v.looseObject({
  default: v.nullish(v.string(), ""),
  kernelspecs: v.record(v.string(), v.unknown()),
});

/** One kernel that the server can start. */
export interface KernelSpec {
  readonly name: string;
  readonly displayName: string;
  readonly language: string;
  /** The command that starts it; `{connection_file}` in it stands for a file. Empty where the server does not say. */
  readonly argv: readonly string[];
  readonly interruptMode: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Logos by name, as URL paths on the server. */
  readonly resources: Readonly<Record<string, string>>;
}

/** A server's kernel specs; `default` is always one of them, or empty where there is none. */
export interface KernelSpecs {
  readonly default: string;
  readonly specs: readonly KernelSpec[];
}

/** Reads one entry; undefined where it is invalid. */
export function readKernelSpec(entry: unknown): KernelSpec | undefined {
  const result = v.safeParse(kernelSpec, entry, { abortEarly: true });
  if (!result.success) return undefined;
  const { name, spec, resources } = result.output;
  return {
    name,
    displayName: spec.display_name,
    language: spec.language,
    argv: spec.argv,
    interruptMode: spec.interrupt_mode,
    metadata: spec.metadata,
    resources,
  };
}
