// What the code inside the extension host tells the harness about a notebook's run.
import * as v from "valibot";

export const outcomeModel = v.object({
  /** 0 all cells ok, 1 a cell failed, 2 could not run; with the reason for 1 and 2. */
  exitCode: v.picklist([0, 1, 2]),
  reason: v.optional(v.string()),
  /** Of each cell, whether its run succeeded; null where it was not run, or not to its end. */
  cells: v.optional(v.array(v.nullable(v.boolean())), []),
});
export type Outcome = v.InferOutput<typeof outcomeModel>;
