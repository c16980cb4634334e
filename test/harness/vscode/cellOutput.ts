// What a person sees below a cell, read from the web view that draws all outputs of a notebook.
import type { FrameLocator, Locator } from "playwright-core";

/** One output. */
export interface CellOutput {
  /** All text in it, without space at the ends. */
  readonly text: string;
  /** Drawn as an error. */
  readonly error: boolean;
  /** Sizes in pixels of the pictures that were loaded. */
  readonly images: readonly { readonly width: number; readonly height: number }[];
  /** Each table as rows of cell texts. */
  readonly tables: readonly (readonly (readonly string[])[])[];
}

/** The outputs of the cell whose row in the list is `row`; `frame` is the web view's inner frame. */
export async function readOutputs(row: Locator, frame: FrameLocator): Promise<CellOutput[]> {
  // The two documents share no ids, but a cell's outputs hang at the height of its row.
  const place = await row.boundingBox({ timeout: 5_000 });
  if (place === null) throw new Error("The cell is not drawn: select it first.");
  for (const container of await frame.locator(".cell_container").all()) {
    const box = await container.boundingBox();
    if (box === null || Math.abs(box.y - place.y) > 4) continue;
    return await drawnIn(container);
  }
  return [];
}

async function drawnIn(container: Locator): Promise<CellOutput[]> {
  // Runs in the page: nothing from outside, and no named function (tsx wraps those in a helper the page lacks).
  return await container.locator(".output").evaluateAll((outputs) =>
    outputs.map((output) => ({
      text: (output as HTMLElement).innerText.trim(),
      error: output.matches(".error") || output.querySelector(".traceback, .error") !== null,
      images: [...output.querySelectorAll("img")]
        .filter((image) => image.complete && image.naturalWidth > 0)
        .map((image) => ({ width: image.naturalWidth, height: image.naturalHeight })),
      tables: [...output.querySelectorAll("table")].map((table) =>
        [...table.rows].map((row) => [...row.cells].map((cell) => cell.innerText.trim())),
      ),
    })),
  );
}
