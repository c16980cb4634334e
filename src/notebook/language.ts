// Names of programming languages: kernels, notebook files and VS Code write the same one in several ways.

/** VS Code's ids of languages where they are not the lower-cased name that kernels use. */
const ids: ReadonlyMap<string, string> = new Map([
  ["c++", "cpp"],
  ["c#", "csharp"],
  ["f#", "fsharp"],
  ["q#", "qsharp"],
  ["bash", "shellscript"],
  ["sh", "shellscript"],
  ["zsh", "shellscript"],
]);

/** VS Code's id of a language, by any of its names: the label of a kernel's new cells. */
export function languageId(language: string): string {
  // Kernels of C++ say which standard they follow: "C++17".
  const name = language.toLowerCase().replace(/^c\+\+\d+$/, "c++");
  return ids.get(name) ?? name;
}

/** Whether both names mean the same language. */
export function isSameLanguage(one: string, other: string): boolean {
  return languageId(one) === languageId(other);
}

/**
 * Labels with which a controller of this language runs cells. VS Code gives the first to new cells where no other cell
 * stands beside them, and runs no cell whose label is not in the list.
 * @param others labels of other languages, in the order in which they are offered
 */
export function supportedLabels(language: string, others: Iterable<string>): string[] {
  // A notebook file names the language as its kernel does, known to VS Code or not, and its cells keep that name.
  return [...new Set([languageId(language), language.toLowerCase(), language, "raw", ...others])];
}
