// Pictures of a window in the themes that people use: all of them are for somebody who looks at them, and take their time.
import type { ThemeName, Workbench } from "./workbench";

/** The theme in which a window begins (`quietSettings`): no time is spent on changing it. */
const first: ThemeName = "light";

/** The themes of which pictures are taken: those of `names` with PICTURES=1, as `npm run test:full` has it, else one. */
export function picturedThemes(...names: readonly ThemeName[]): readonly ThemeName[] {
  return (process.env["PICTURES"] ?? "") === "" ? [first] : names;
}

/**
 * Takes a picture in each of `picturedThemes(...names)`.
 * @param file where to, without what tells the theme and the file's kind: `out/screenshots/sidebar`
 * @param arrange brings what is to be seen on the screen; once for each theme, because changing it closes menus and questions
 */
export async function takePictures(
  workbench: Workbench,
  file: string,
  names: readonly ThemeName[],
  arrange?: () => Promise<unknown>,
): Promise<void> {
  for (const name of picturedThemes(...names)) {
    await workbench.setTheme(name);
    await arrange?.();
    await workbench.screenshot(`${file}-${name}.png`);
  }
}
