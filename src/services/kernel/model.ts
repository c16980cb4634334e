// A kernel as the server models it.
import * as v from "valibot";

/** https://github.com/jupyter-server/jupyter_server/blob/main/jupyter_server/services/api/api.yaml, `Kernel` */
export const kernelModel = v.looseObject({
  id: v.string(),
  name: v.string(),
  /** ISO 8601. */
  last_activity: v.nullish(v.string()),
  /** Can be out of date after a kill. */
  execution_state: v.nullish(v.string(), "unknown"),
  /** Websockets open to it, ours included. */
  connections: v.nullish(v.number(), 0),
  reason: v.nullish(v.string()),
});

export type KernelModel = v.InferOutput<typeof kernelModel>;
