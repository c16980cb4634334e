// What a measurement group hands back: values of ours and of others, and the goal that ours is held to.

/** What a goal bounds from above, except `atLeast`, which bounds ours from below. */
export type GoalKind = "ofPeer" | "ofRaw" | "ours" | "atLeast";

/** A goal: ours divided by the peer's or by raw ws's, or the value itself. */
export interface Goal {
  readonly kind: GoalKind;
  readonly value: number;
}

/** One measured quantity. */
export interface Measurement {
  /** Begins with the group's name: `pass.median`. */
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer?: number | undefined;
  /** The ws package with the plainest code that does the job. */
  readonly raw?: number | undefined;
  readonly goal?: Goal;
}

/** A measurement in the printed JSON object. */
export interface Entry {
  readonly ours: number;
  readonly peer: number | null;
  readonly raw?: number;
  readonly unit: string;
  /** Ours divided by what the goal compares with, the peer's unless that is raw ws's. */
  readonly ratio: number | null;
  readonly goal?: number;
  readonly goalKind?: GoalKind;
  readonly met?: boolean;
}

/** The measurement as it is printed. */
export function entry({ ours, peer, raw, unit, goal }: Measurement): Entry {
  const other = goal?.kind === "ofRaw" ? raw : peer;
  const ratio = other === undefined || other === 0 ? null : ours / other;
  return {
    ours: rounded(ours),
    peer: peer === undefined ? null : rounded(peer),
    ...(raw !== undefined && { raw: rounded(raw) }),
    unit,
    ratio: ratio === null ? null : rounded(ratio),
    ...(goal && { goal: goal.value, goalKind: goal.kind, met: isMet(goal, ours, ratio) }),
  };
}

function isMet({ kind, value }: Goal, ours: number, ratio: number | null): boolean {
  if (kind === "ours") return ours <= value;
  if (kind === "atLeast") return ours >= value;
  return ratio !== null && ratio <= value;
}

/** To three significant digits, whole numbers from 100 on. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** The middle value. @throws Error where there is none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that the share `q` of all does not exceed. @throws Error where there is none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  if (value === undefined) throw new Error("Nothing was measured.");
  return value;
}
