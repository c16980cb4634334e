// The worst texts that are known for each expression that reads what peers write.
import { Redactor } from "../../../../src/base/log";
import { parseAddress } from "../../../../src/hub/signIn/address";
import { tokenIn } from "../../../../src/hub/signIn/tokenText";
import { callAt, qualifiedName, signatureOf, type Call } from "../../../../src/notebook/help/callSignature";
import { plainText } from "../../../../src/notebook/help/inspection";
import { mimeItems } from "../../../../src/notebook/outputs/mimeItems";
import { rateLimitNotice } from "../../../../src/notebook/run/rateLimit";
import { reasonIn, statusError } from "../../../../src/transport/httpErrors";
import { serverSettings } from "../../../../src/transport/settings";
import { encodeName, targetOf } from "../../../../src/transport/target";
import { inspected, many, message, refusing, size, type Row } from "./rows";

const settings = serverSettings({ baseUrl: "https://hub.example.org/", label: "hub" });
const headers = { get: (): null => null };
export const call: Call = { callee: "f", index: 3 };

/** Of the table of S4 in the security review, and what is like it. */
export const expressions: Row[] = [
  ["the reason in a page: a title of spaces", () => reasonIn(`<title>${many(" ")}`)],
  ["the reason in a page: titles", () => reasonIn(many("<title>"))],
  ["the reason in a text of white space", () => reasonIn(`${many(" \n")}x`)],
  ["an error page with status 407", () => statusError(settings, "x", { status: 407, headers, text: `<title>${many(" ")}` })],
  ["an error page with status 503", () => statusError(settings, "x", { status: 503, headers, text: many("server is ") })],
  ["a log line: authorization and spaces", () => new Redactor().redact(`authorization:${many(" ")}`)],
  ["a log line: authorization, again and again", () => new Redactor().redact(many("authorization: "))],
  ["a log line: quotes and brackets", () => new Redactor().redact(`authorization=${many(`["' `)}`)],
  ["a log line: addresses without end", () => new Redactor().redact(many("://a:b"))],
  ["a log line: names of secrets", () => new Redactor().redact(many('"token" '))],
  ["the name before a bracket: a long word", () => qualifiedName(many("a"), size)],
  ["the name before a bracket: colons", () => qualifiedName(many(":"), size)],
  [
    "the call around a cursor: a long word above, brackets",
    () => callAt(`x = "${many("f")}"\n${many("a")}${"(".repeat(1_000)}`, 2 * size + 1_007, "python"),
  ],
  ["the call around a cursor: brackets behind names", () => callAt(many(`${"a".repeat(190)}(`), size, "python")],
  ["the call around a cursor: strings that do not end", () => callAt(many(`"\\`, size - 1) + "\n", size, "python")],
  ["the call around a cursor: quotes", () => callAt(many(`"'\``), size, "python")],
  ["a signature: spaces", () => signatureOf(inspected(`\x1b[31mSignature:\x1b[0m f(a,${many(" ")}b)`), call)],
  ["a signature: commas and spaces", () => signatureOf(inspected(`\x1b[31mSignature:\x1b[0m f(${many(", ")})`), call)],
  ["a signature: quotes", () => signatureOf(inspected(`\x1b[31mSignature:\x1b[0m f(${many(`"\\`)}`), call)],
  ["a signature without a title", () => signatureOf(inspected(`f(${many(")x")}`), call)],
  ["an address that is pasted", () => refusing(() => parseAddress(`hub.example.org/${many("#")}`))],
  ["an address in quotes", () => refusing(() => parseAddress(`x${many('"')}x`))],
  ["an address of hosts", () => refusing(() => parseAddress(`https://${many("a.")}a/user/x`))],
  ["a token", () => tokenIn(many("'"))],
  ["what only a terminal understands", () => plainText(many("\x1b]"))],
  ["what only a terminal understands, cut", () => plainText(`\x1b[${many("0;")}`)],
  [
    "a rate that is exceeded",
    () =>
      rateLimitNotice(
        message("stream", { name: "stderr", text: `IOPub data rate exceeded.\n${many("ServerApp.iopub_data_rate_limit=1")}` }),
      ),
  ],
  ["mime types of slashes", () => mimeItems({ [`${many("/")}\n`]: "x" })],
  ["a path", () => refusing(() => targetOf(settings, settings.baseUrl, many("%2e%2f"), false))],
  ["a name", () => refusing(() => encodeName(many("../")))],
];
