// What the code inside the extension host tells the harness about a notebook's run.
import * as v from "valibot";

/** 0 all cells ok, 1 a cell failed, 2 could not run; with the reason for 1 and 2. */
export const outcomeModel = v.object({ exitCode: v.picklist([0, 1, 2]), reason: v.optional(v.string()) });
export type Outcome = v.InferOutput<typeof outcomeModel>;
