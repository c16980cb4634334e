// Ranking of the known kernels by how well they suit a notebook.
import { isSameLanguage } from "../../notebook/language";

/** A kernel that a notebook could have. */
export interface Candidate {
  readonly id: string;
  /** The name and language of its kernel spec. */
  readonly spec: string;
  readonly language: string;
  /** For a running kernel: its session's path, or none. */
  readonly running?: { readonly path: string | undefined } | undefined;
}

/** A notebook's metadata, and what is remembered of it. */
export interface Wish {
  readonly file: string;
  /** The kernel spec that it names. */
  readonly spec: string | undefined;
  readonly language: string | undefined;
  /** The kernel that it had the last time. */
  readonly last: string | undefined;
  /** The kernel that was chosen last, for whatever notebook. */
  readonly lastOfAll: string | undefined;
}

/**
 * The ids of those that suit it: the one it had; else those of the spec that it names, with a kernel that runs for a
 * notebook of its name; else the one that was chosen last for another notebook of its language. Of several the one that
 * was chosen last is enough.
 */
export function suitable(candidates: readonly Candidate[], { file, spec, language, last, lastOfAll }: Wish): ReadonlySet<string> {
  if (candidates.some(({ id }) => id === last) && last !== undefined) return new Set([last]);
  // A session of ours has a path of its own; a notebook is led back to it by its spec.
  const named = candidates.filter((one) => one.spec === spec && (one.running === undefined || baseName(one.running.path) === file));
  if (named.length > 0) {
    const runs = named.some(({ running }) => running !== undefined);
    const chosen = runs ? undefined : named.find(({ id }) => id === lastOfAll);
    return new Set((chosen ? [chosen] : named).map(({ id }) => id));
  }
  return new Set(
    candidates.filter((one) => one.id === lastOfAll && one.running === undefined && isSame(one.language, language)).map(({ id }) => id),
  );
}

function isSame(one: string, other: string | undefined): boolean {
  return other !== undefined && isSameLanguage(one, other);
}

function baseName(path: string | undefined): string | undefined {
  return path?.split("/").pop();
}
