// A session as the server models it: a path (a string that identifies), and the kernel that belongs to it.
import * as v from "valibot";
import { kernelModel } from "../kernel/model";

/** api.yaml, `Session` */
export const sessionModel = v.looseObject({
  id: v.string(),
  path: v.nullish(v.string(), ""),
  name: v.nullish(v.string(), ""),
  /** `notebook`, `console`, `file` or anything a client chose. */
  type: v.nullish(v.string(), ""),
  kernel: v.nullish(kernelModel, null),
});

export type SessionModel = v.InferOutput<typeof sessionModel>;
