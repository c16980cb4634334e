// A line of input as it stays to be seen in the cell's output, as a terminal and JupyterLab have it.
import type { InputRequest } from "../../services/kernel/messages";

/** What stands for a secret, whatever its length. */
const mask = "········";

/** The question with its answer. */
export function inputEcho({ prompt, password }: InputRequest, answer: string): string {
  return `${prompt}${password ? mask : answer}\n`;
}
