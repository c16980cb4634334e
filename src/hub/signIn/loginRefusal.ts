// The reason why a hub refuses name and password, in its own words where it gives any beside the usual ones.
import { DomUtils } from "htmlparser2";
import { ProductError } from "../../base/errors";
import { trimmedEnd } from "../../base/text";
import type { ServerSettings } from "../../transport/settings";
import { parsePage } from "../pages/page";
import { hasClass, textOf } from "../pages/pageForm";

/** Marks of reasons in hubs' templates: the form's own, those of other authenticators, and the error page. */
const marks = ["login_error", "alert-danger", "error"];
/** Says no more than that it was refused. */
const usual = /^(invalid (user ?name|credentials|login)\b.{0,30}|\d{3} ?:? ?)?(forbidden|unauthorized)?[.!]?$/i;

/** The reason for a refused login on a page; undefined where that is nothing new. */
export function refusalOn(html: string): string | undefined {
  const page = parsePage(html);
  for (const mark of marks) {
    const marked = DomUtils.findAll((each) => hasClass(each, mark), page.children);
    // The heading of the error page has the status only.
    const reasons = mark === "error" ? marked.flatMap((each) => DomUtils.findAll(({ name }) => name === "p", each.children)) : marked;
    const said = reasons.map(textOf).find((text) => !isUsual(text));
    if (said !== undefined) return said;
  }
  return undefined;
}

/** @param said the hub's own words; left out where they are the usual ones */
export function loginRefused({ label }: ServerSettings, said = "", cause?: unknown): ProductError {
  const end = isUsual(said) ? ". Check both and try again." : `. It says: ${trimmedEnd(said.trim(), ".")}.`;
  return new ProductError("signed-out", `${label} does not accept this user name and password${end}`, { cause });
}

function isUsual(said: string): boolean {
  return usual.test(said.trim());
}
