// The kernel spec that a client would start without asking; pure.
import type { KernelSpecs } from "../kernelspec/model";

/** A client's (a notebook's) preference for its kernel. */
export interface KernelPreference {
  /** The name of a kernel spec. */
  readonly name?: string | undefined;
  /** The kernel's language, where there is no spec of that name. */
  readonly language?: string | undefined;
  /** A running kernel to attach to. */
  readonly id?: string | undefined;
  /** Whether to start a kernel when initialized; true unless told. */
  readonly shouldStart?: boolean | undefined;
  /** Whether it may have a kernel at all; true unless told. */
  readonly canStart?: boolean | undefined;
  /** Whether to take the kernel that the path's session has; true unless told. Else that session gets a new one. */
  readonly shouldReuse?: boolean | undefined;
  /** Whether to start the server's default spec where neither name nor language decides; false unless told. */
  readonly autoStartDefault?: boolean | undefined;
  /** Whether the kernel ends with the client; false unless told. */
  readonly shutdownOnDispose?: boolean | undefined;
}

/**
 * The spec to start: the one named, else the only one of the language, else the server's default where that is wanted;
 * undefined where a user has to choose.
 */
export function defaultKernelName({ specs, default: byServer }: KernelSpecs, preference: KernelPreference): string | undefined {
  const { name, language } = preference;
  if (name !== undefined && specs.some((spec) => spec.name === name)) return name;
  const speaking = language === undefined ? [] : specs.filter((spec) => spec.language.toLowerCase() === language.toLowerCase());
  if (speaking.length === 1) return speaking[0]?.name;
  return preference.autoStartDefault === true && byServer !== "" ? byServer : undefined;
}
