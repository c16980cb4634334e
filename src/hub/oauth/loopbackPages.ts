// The pages shown in the browser when the hub's page has redirected back to this computer. All words are our own.
import type { FlowEnd } from "./oauth";

export interface Page {
  readonly status: number;
  readonly html: string;
}

/** By how the sign-in ended; `open` where that is not known yet. */
export const loopbackPages: Readonly<Record<FlowEnd | "open", Page>> = {
  "signed-in": page(200, "Signed in", "You can close this page and go back to VS Code."),
  refused: page(
    403,
    "Not signed in",
    "The hub's page did not let VS Code in. You can close this page and go back to VS Code, which says why.",
  ),
  failed: page(400, "Not signed in", "Something went wrong. You can close this page and go back to VS Code, which says what."),
  open: page(200, "Go back to VS Code", "It tells you how the sign-in goes on. You can close this page."),
};

/** For everything that is no answer of a sign-in. */
export const nothingHere = page(404, "Nothing here", "This page only ends a sign-in.");

function page(status: number, title: string, text: string): Page {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body style="font-family: sans-serif; margin: 4em"><h1>${title}</h1><p>${text}</p></body></html>`;
  return { status, html };
}
