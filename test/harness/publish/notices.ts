// dist/NOTICES.txt: name, version, licence, copyright and the licence's full text of every package in the bundles.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundledPackages, distinct, readMetafile, type BundledPackage } from "./bundled";

/**
 * The licences that a bundled package may have, and words that are in the text of each. All let the package be part of
 * ours as long as copyright and text go along.
 */
const permitted: ReadonlyMap<string, RegExp> = new Map([
  ["MIT", /Permission is hereby granted, free of charge/i],
  ["BSD-2-Clause", /Redistribution and use in source and binary forms/i],
  ["BSD-3-Clause", /Redistribution and use in source and binary forms/i],
  ["ISC", /Permission to use, copy, modify/i],
  ["0BSD", /Permission to use, copy, modify/i],
  ["Apache-2.0", /TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION/i],
]);

/** The licences that ask for no line of copyright. */
const withoutCopyright = ["0BSD", "Apache-2.0"];

/** What has to go along with a package. */
export interface Notice extends BundledPackage {
  readonly licence: string;
  /** The lines that say whose it is. */
  readonly copyright: readonly string[];
  readonly text: string;
}

/**
 * Writes dist/NOTICES.txt for what `npm run build` has bundled below `root`, and returns its path.
 * @throws Error that names every package whose licence is not permitted, or whose text or copyright is missing.
 */
export function writeNotices(root: string): string {
  const file = join(root, "dist", "NOTICES.txt");
  writeFileSync(file, noticesText(noticesOf(root, distinct(bundledPackages(root, readMetafile(root))))));
  return file;
}

/** The notices of `packages`; throws as `writeNotices` does. */
export function noticesOf(root: string, packages: readonly BundledPackage[]): Notice[] {
  const problems: string[] = [];
  const notices = packages.flatMap((each) => {
    const found = noticeOf(root, each);
    if (typeof found !== "string") return [found];
    problems.push(`  ${each.name} ${each.version} (${each.directory}) ${found}`);
    return [];
  });
  if (problems.length > 0) throw new Error(`These packages cannot be bundled:\n${problems.join("\n")}\nTake others, or leave them out.`);
  return notices;
}

/** The file's text. */
export function noticesText(notices: readonly Notice[]): string {
  const heads = notices.map(({ name, version, licence, copyright }) =>
    [`${name} ${version}`, `Licence: ${licence}`, ...copyright].join("\n"),
  );
  const sections = notices.map(({ text }, index) => `${heads[index] ?? ""}\n\n${text}\n`);
  return [
    `JupyterHub Connect contains parts of the ${notices.length} packages below, under the licences that stand with them.\n`,
    ...sections,
  ].join(`\n${"=".repeat(80)}\n\n`);
}

/** The notice, or why there is none. */
function noticeOf(root: string, bundled: BundledPackage): Notice | string {
  const { licence } = bundled;
  if (licence === undefined) return "states no licence in its package.json.";
  const words = permitted.get(licence);
  if (words === undefined) return `has the licence ${licence}, which is none of ${[...permitted.keys()].join(", ")}.`;
  const text = licenceText(join(root, bundled.directory));
  // Texts are broken into lines at will.
  if (!words.test(text.replaceAll(/\s+/g, " "))) return `brings no text of its licence ${licence}.`;
  const copyright = copyrightLines(text);
  if (copyright.length === 0 && !withoutCopyright.includes(licence)) return "says nowhere who has its copyright.";
  return { ...bundled, licence, copyright, text };
}

/** What a package's files say of licence and notices; where there is no such file, that part of its README. */
function licenceText(directory: string): string {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
  const read = (name: string): string => readFileSync(join(directory, name), "utf8").replaceAll("\r\n", "\n").trim();
  const files = names.filter((name) => /^(?:licen[cs]es?|copying|notice)(?:$|[.-])/i.test(name));
  if (files.length > 0) return files.map(read).join("\n\n");
  const readme = names.find((name) => /^readme(?:$|\.)/i.test(name));
  return readme === undefined ? "" : licenceSection(read(readme));
}

/** The section "License" of a README in Markdown: from its heading to the next. */
function licenceSection(markdown: string): string {
  const lines = markdown.split("\n");
  const isHeading = (at: number): boolean =>
    /^#/.test(lines[at] ?? "") || (/\S/.test(lines[at] ?? "") && /^(?:-{3,}|={3,})$/.test((lines[at + 1] ?? "").trim()));
  const start = lines.findIndex((line, at) => isHeading(at) && /^[#\s]*licen[cs]e\W*$/i.test(line));
  if (start < 0) return "";
  const next = lines.findIndex((_, at) => at > start + 1 && isHeading(at));
  const body = lines.slice(start + 1, next < 0 ? undefined : next).filter((line) => !/^(?:-{3,}|={3,}|\[[^\]]*\]:.*)$/.test(line.trim()));
  return body.join("\n").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&").trim();
}

/** Lines such as "Copyright (c) 2011 Somebody", and not those that speak of copyright in general. */
function copyrightLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => /^(?:copyright\b|©|\(c\))/i.test(line) && /©|\(c\)|\d{4}/i.test(line));
}
