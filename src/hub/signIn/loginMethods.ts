// Login methods of a hub's sign-in page: fields for name and password, or a link to single sign-on.
import { DomUtils } from "htmlparser2";
import type { ServerSettings } from "../../transport/settings";
import { parsePage } from "../pages/page";
import { request } from "../api/request";

/** A further field of the form, such as a one-time code. */
export interface LoginField {
  readonly name: string;
  readonly label: string;
}

/** Login methods beside a token, which every hub accepts. */
export interface WaysIn {
  /** The form takes a name, a password, and these; undefined where the page has no password field. */
  readonly passwordForm: { readonly further: readonly LoginField[] } | undefined;
  /** The text of the page's button, such as “Sign in with GitHub”; undefined where there is none. */
  readonly service: string | undefined;
}

const anyStatus = Array.from({ length: 400 }, (_, index) => 200 + index);
/** A user fills them in one by one. */
const mostFurther = 10;
const textTypes = new Set(["text", "email", "number", "tel", "password"]);

type Element = ReturnType<typeof DomUtils.findAll>[number];
type Document = ReturnType<typeof parsePage>;

/**
 * Reads the page `hub/login`. One that cannot be read, or leads elsewhere at once, offers no password.
 * @throws ProductError where the hub does not answer
 */
export async function waysIn(hub: ServerSettings, signal?: AbortSignal): Promise<WaysIn> {
  const answer = await request(hub, "hub/login", { anonymous: true, accept: "text/html", allow: anyStatus, signal });
  return answer.status === 200 ? readLoginPage(answer.text) : { passwordForm: undefined, service: undefined };
}

/** The login methods of a sign-in page in HTML. */
export function readLoginPage(html: string): WaysIn {
  const page = parsePage(html);
  for (const form of elements(page, "form")) {
    const inputs = elements(form, "input").filter((input) => textTypes.has(typeOf(input)));
    if (!inputs.some((input) => nameOf(input) === "password" && typeOf(input) === "password")) continue;
    if (!inputs.some((input) => nameOf(input) === "username")) continue;
    const further = inputs.filter((input) => !["", "username", "password"].includes(nameOf(input))).slice(0, mostFurther);
    return {
      passwordForm: { further: further.map((input) => ({ name: nameOf(input), label: labelOf(input, form) })) },
      service: undefined,
    };
  }
  const button = DomUtils.findOne(
    (element) => element.name === "a" && /login|oauth|saml|sso/i.test(DomUtils.getAttributeValue(element, "href") ?? ""),
    page.children,
  );
  return { passwordForm: undefined, service: button ? oneLine(DomUtils.textContent(button)) : undefined };
}

function elements(within: Document | Element, name: string): readonly Element[] {
  return DomUtils.findAll((element) => element.name === name, within.children);
}

function typeOf(input: Element): string {
  return (DomUtils.getAttributeValue(input, "type") ?? "text").toLowerCase();
}

function nameOf(input: Element): string {
  return DomUtils.getAttributeValue(input, "name") ?? "";
}

/** The name of a field on the page: its label, else its placeholder, else its `name`. */
function labelOf(input: Element, form: Element): string {
  const id = DomUtils.getAttributeValue(input, "id");
  const label = elements(form, "label").find((each) => id !== undefined && DomUtils.getAttributeValue(each, "for") === id);
  const said = label ? oneLine(DomUtils.textContent(label)).replace(/:$/, "") : "";
  return said || oneLine(DomUtils.getAttributeValue(input, "placeholder") ?? "") || oneLine(nameOf(input));
}

function oneLine(text: string): string {
  return text.slice(0, 10_000).replace(/\s+/g, " ").trim().slice(0, 80);
}
