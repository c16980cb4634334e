// Where things are in the checkout.
import { join } from "node:path";

/** The repository's root. */
export const root = join(import.meta.dirname, "..", "..");

/** This folder, test/harness. */
export const harness = import.meta.dirname;

/** Test output: results, logs, screenshots, the .vsix; ignored by git. */
export const out = join(root, "out");
