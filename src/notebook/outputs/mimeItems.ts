// A mime bundle as output items: bytes by the rules of VS Code's ipynb serializer, richest first.
// Bundles: https://jupyter-client.readthedocs.io/en/stable/messaging.html#display-data
import type { JsonObject } from "../../services/kernel/messages";
import { textItem, type OutputItem } from "./outputItem";

/** VS Code's order of preference; a trailing `*` stands for anything. What is not listed comes last. */
const preference = [
  "application/vnd.*",
  "application/vdom.*",
  "application/geo+json",
  "application/x-nteract-model-debug+json",
  "text/html",
  "application/javascript",
  "image/gif",
  "text/latex",
  "text/markdown",
  "image/png",
  "image/svg+xml",
  "image/jpeg",
  "application/json",
  "text/plain",
];

/** Representations that are shown at most; real outputs have a handful. */
const most = 1_000;

/** As VS Code recognises a mime type, `/^.+\/.+$/`; one output item with another name would cost the whole output. */
function isMimeType(name: string): boolean {
  return name.slice(1, -1).includes("/") && !/[\n\r\u2028\u2029]/.test(name);
}

/** The items of a bundle, those that VS Code would rather show first. Every mime type is kept; other names are left out. */
export function mimeItems(data: JsonObject): OutputItem[] {
  return Object.entries(data)
    .filter(([mime]) => isMimeType(mime))
    .slice(0, most)
    .map(([mime, value]) => ({ rank: rank(mime, value), item: mimeItem(mime, value) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

function rank(mime: string, value: unknown): number {
  // Libraries send empty vendored data beside the HTML that is to be shown (HoloViews' loader).
  if (mime.startsWith("application/vnd.") && (value === "" || value === null)) return preference.length;
  const index = preference.findIndex((known) => (known.endsWith("*") ? mime.startsWith(known.slice(0, -1)) : mime === known));
  return index === -1 ? preference.length : index;
}

function mimeItem(mime: string, value: unknown): OutputItem {
  // The serializer parses whatever has "json" in its mime type, so that a JSON string needs its quotes.
  if (mime.toLowerCase().includes("json")) return textItem(mime, value === "" ? "" : JSON.stringify(value));
  const text = textOfValue(value);
  if (mime.startsWith("image/") && mime !== "image/svg+xml") return { mime, data: Buffer.from(text, "base64") };
  return textItem(mime, text);
}

/** Text may come as its lines, as nbformat keeps it; what is no text at all is shown as JSON. */
function textOfValue(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((line) => typeof line === "string")) return value.join("");
  return value === null || value === undefined ? "" : JSON.stringify(value);
}
