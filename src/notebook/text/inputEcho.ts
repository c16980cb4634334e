// Echo of a line of input: it stays in the cell's output, as in a terminal and JupyterLab.
import type { InputRequest } from "../../services/kernel/messages";

/** Placeholder of a secret, whatever its length. */
const mask = "········";

/** The question with its answer. */
export function inputEcho({ prompt, password }: InputRequest, answer: string): string {
  return `${prompt}${password ? mask : answer}\n`;
}
