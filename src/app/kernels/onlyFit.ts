// The one kernel that a notebook can be given without asking, where there is but one that fits.
import { isSameLanguage } from "../../notebook/language";
import type { Candidate, Wish } from "./suitable";

/** A kernel that a notebook could have. */
export interface Offered extends Candidate {
  /** Whether it is known that its server runs, and what runs there. */
  readonly isUp: boolean;
  /** Whether its server gives it to notebooks that name none. */
  readonly isDefault: boolean;
}

/**
 * The id of the only one that fits: of the spec that the notebook names, else of its language; for a notebook that says
 * neither, the only one there is, else the only default. One that runs for a notebook of this name fits too.
 * @returns undefined where none fits, more than one does, or it would have to be started or asked about first
 */
export function onlyFit(
  offered: readonly Offered[],
  { file, spec, language }: Pick<Wish, "file" | "spec" | "language">,
): string | undefined {
  const near = offered.filter(({ running }) => running === undefined || running.path?.split("/").pop() === file);
  const [fit, ...others] = fitting(near, spec, language);
  return fit?.isUp === true && others.length === 0 ? fit.id : undefined;
}

function fitting(near: readonly Offered[], spec: string | undefined, language: string | undefined): readonly Offered[] {
  const named = near.filter((one) => one.spec === spec);
  if (named.length > 0) return named;
  if (language !== undefined) return near.filter((one) => isSameLanguage(one.language, language));
  // It names a kernel that is nowhere: of what language its code is nobody knows.
  if (spec !== undefined) return [];
  return near.length === 1 ? near : near.filter(({ isDefault, running }) => isDefault || running !== undefined);
}
