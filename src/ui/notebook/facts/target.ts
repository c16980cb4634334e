// Kernel target: what a notebook runs on, a kernel spec or a running kernel of a server.
import type { RunningKernel } from "../../../app/kernels/runningKernels";
import type { Server } from "../../../app/servers/server";
import type { KernelSpec } from "../../../services/kernelspec/model";

/** VS Code's name of notebooks in Jupyter's format. */
export const notebookType = "jupyter-notebook";

/** The target of a controller. */
export interface KernelTarget {
  readonly server: Server;
  readonly spec: KernelSpec;
  /** The one that runs already, which notebooks are attached to; else they get one of their own. */
  readonly running?: RunningKernel | undefined;
}
