// Trust of a notebook: JupyterLab shows outputs as they are only where the server has signed the notebook, and each save needs a new
// signature.
import * as v from "valibot";
import { getNotebook, trustNotebook } from "../../services/contents/client";
import type { NotebookContent } from "../../services/contents/model";
import type { ServerSettings } from "../../transport/settings";

type Cell = NotebookContent["cells"][number];

const withOutputs = v.object({ outputs: v.array(v.object({ output_type: v.string() })) });

/** Whether the path is a notebook's. */
export function isNotebook(path: string): boolean {
  return /\.ipynb$/i.test(path);
}

/** Whether the server would sign the notebook as it is there now. What is no proper notebook it would not. */
export async function isTrusted(settings: ServerSettings, path: string): Promise<boolean> {
  try {
    return (await getNotebook(settings, path)).content.cells.every(isHarmless);
  } catch (error) {
    settings.log.debug(`${settings.label}: whether “${path}” is trusted is not known`, error);
    return false;
  }
}

/** Makes the server trust the notebook as it is there now. One that stays untrusted is shown all the same, with less. */
export async function trust(settings: ServerSettings, path: string): Promise<void> {
  try {
    await trustNotebook(settings, path);
  } catch (error) {
    settings.log.info(`${settings.label}: “${path}” was not trusted`, error);
  }
}

/** As nbformat's `sign.py` judges: trusted before, or without outputs that could hold anything but text. */
function isHarmless(cell: Cell): boolean {
  if (cell.cell_type !== "code" || cell.metadata["trusted"] === true) return true;
  const { success, output } = v.safeParse(withOutputs, cell);
  return success && output.outputs.every(({ output_type: type }) => type === "stream" || type === "error");
}
