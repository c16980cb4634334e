// `when` clauses of package.json, as VS Code reads them, as far as the extension uses them.

/** What a clause finds of a key: text, or whether it is set. */
export type ContextValues = Readonly<Record<string, string | boolean | undefined>>;

interface Clause {
  /** Every key it asks for. */
  readonly keys: ReadonlySet<string>;
  readonly holds: (values: ContextValues) => boolean;
}

type Term = Clause["holds"];

/** @throws Error where it is no clause of `||`, `&&`, `!`, `==`, `=~`, brackets and keys */
export function parseWhen(text: string): Clause {
  const tokens = text.match(/\/(?:\\.|[^/\\])+\/|&&|\|\||==|=~|[!()]|[\w.-]+|\S/g) ?? [];
  const keys = new Set<string>();
  let at = 0;
  const taken = (token: string): boolean => {
    if (tokens[at] !== token) return false;
    at++;
    return true;
  };
  const word = (pattern: RegExp): string => {
    const token = tokens[at++] ?? "";
    if (!pattern.test(token)) throw new Error(`“${text}” has “${token}” in a wrong place.`);
    return token;
  };
  const single = (): Term => {
    if (taken("!")) {
      const term = single();
      return (values) => !term(values);
    }
    if (taken("(")) {
      const term = either();
      word(/^\)$/);
      return term;
    }
    const key = word(/^[\w.-]+$/);
    if (key === "true" || key === "false") return () => key === "true";
    keys.add(key);
    if (taken("==")) {
      const wanted = word(/^[\w.-]+$/);
      return (values) => String(values[key]) === wanted;
    }
    if (taken("=~")) {
      const pattern = new RegExp(word(/^\/.+\/$/).slice(1, -1));
      return (values) => typeof values[key] === "string" && pattern.test(values[key]);
    }
    return (values) => Boolean(values[key]);
  };
  const both = (): Term => {
    const terms = [single()];
    while (taken("&&")) terms.push(single());
    return (values) => terms.every((term) => term(values));
  };
  const either = (): Term => {
    const terms = [both()];
    while (taken("||")) terms.push(both());
    return (values) => terms.some((term) => term(values));
  };
  const holds = either();
  if (at < tokens.length) throw new Error(`“${text}” goes on after its end.`);
  return { keys, holds };
}
