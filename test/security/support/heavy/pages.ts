// The worst pages of a hub that are known for what reads them.
import { parseSpawnForm, problemOn } from "../../../../src/hub/pages/spawnForm";
import { readLoginPage } from "../../../../src/hub/signIn/loginMethods";
import { many, size, type Row } from "./rows";

const loginFields = "<input name=username><input name=password type=password>";
export const pages: Row[] = [
  ...page("deep nesting", many("<a>")),
  ...page("deep forms", many("<form>")),
  ...page("ends that belong to nothing", many("</b>")),
  ...page("nesting and its ends", `${many("<a>", size / 2)}${many("</b>", size / 2)}`),
  ...page("attributes", `<form id=spawn_form><input ${Array.from({ length: 20_000 }, (_, index) => `a${index}=1`).join(" ")}>`),
  ...page("fields and labels", `<form id=spawn_form>${loginFields}${many("<label for=x>y</label><input id=z name=z>")}`),
  ...page("profiles", `<form id=spawn_form>${many("<input type=radio name=profile value=a>")}`),
  ...page("profiles within one label", `<form id=spawn_form><label>${many("<input type=radio name=profile>x")}`),
  ...page("labels within each other", `<form id=spawn_form>${"<label>x".repeat(190)}${many("<input type=radio name=profile value=a>")}`),
  ...page(
    "profiles with options",
    `<form id=spawn_form>${"<input type=radio name=profile value=a>".repeat(200)}${many("<select name=profile-option-a--x><option>1<option>2</select>")}`,
  ),
  ...page("options", `<form id=spawn_form><select name=image>${many("<option>")}`),
  ...page("comments", `<form id=spawn_form>${many("<!---->")}`),
  ...page("entities", `<form id=spawn_form><label class=spawn-error-msg>${many("&amp;")}`),
  ...page("classes", `<form class="${many(" a")}">`),
  ...page("white space", `<form id=spawn_form><a href=/login>${many(" \n")}x`),
];

function page(what: string, html: string): Row[] {
  return [
    [`a sign-in page of ${what}`, () => readLoginPage(html)],
    [`a spawn page of ${what}`, () => parseSpawnForm(html)],
    [`a spawn page's problem in ${what}`, () => problemOn(html)],
  ];
}
