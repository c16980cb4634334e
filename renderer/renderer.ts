// The notebook renderer: what runs in the page of a notebook's outputs. A bundle of its own, for browsers.
import type { ActivationFunction } from "vscode-notebook-renderer";
import { protocolVersion, type Hello } from "../src/widgets/protocol";

/** Called by VS Code when the first output comes that this draws. */
export const activate: ActivationFunction = (context) => {
  const hello: Hello = { type: "hello", version: protocolVersion };
  context.postMessage?.(hello);
  return { renderOutputItem: () => undefined };
};
