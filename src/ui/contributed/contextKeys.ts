// The context keys of ours that package.json goes by: in `when` clauses and in the walkthrough. ui/contextKeys.ts sets them.

/** By their names without the extension's prefix. */
export const contextKeys = [
  "active",
  "accounts",
  "signedIn",
  "hubsInSettings",
  "canStart",
  "canStop",
  "hasKernel",
  "kernelPicked",
  "cellRan",
] as const;

export type ContextKey = (typeof contextKeys)[number];
