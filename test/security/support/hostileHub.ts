// What a hostile hub answers, as scripts for a hub on loopback: reasons, pages and spawns with words of its own choice.
import { Deferred } from "../../../src/base/async";
import type { FakeHub, Received } from "../../fakes/hub";
import { inHtml } from "./baits";

/** Its sign-in page asks for more than name and password: each field has a label, or a text in the empty field. */
export function loginPageAsking(...fields: readonly { readonly label?: string; readonly placeholder?: string }[]): string {
  const further = fields.map(
    ({ label = "", placeholder = "" }, index) =>
      `<label for="more-${index}">${inHtml(label)}</label><input id="more-${index}" name="more${index}" placeholder="${inHtml(placeholder)}">`,
  );
  return `<form method="post"><input name="username"><input type="password" name="password">${further.join("")}</form>`;
}

/** Its pages take a person's password too, and give a session for it. */
export function takesPasswords(hub: FakeHub): void {
  hub.on("POST /hub/login", ({ body }: Received) => {
    const form = new URLSearchParams(body);
    const good = hub.passwords.get(form.get("username") ?? "") === form.get("password");
    return good
      ? {
          status: 302,
          headers: { location: "/hub/home", "set-cookie": `jupyterhub-hub-login=${form.get("username")}-session; Path=/hub/` },
        }
      : { status: 403, html: hub.loginPage };
  });
}

/** What there is to choose on a spawn page. */
export interface SpawnPageWords {
  readonly profile: string;
  readonly description: string;
  readonly option: string;
  readonly choice: string;
  readonly other: string;
  /** What is said of a text that does not match. */
  readonly hint: string;
}

/** A spawn page in the shape of KubeSpawner's: one profile, one option with a choice and a text of one's own. */
export function spawnPage(user: string, words: SpawnPageWords): string {
  const field = "profile-option-only--image";
  return `<form id="spawn_form" action="/hub/spawn/${encodeURIComponent(user)}" method="post">
    <label for="only"><input type="radio" name="profile" id="only" value="only" checked>
      <h3>${inHtml(words.profile)}</h3><p>${inHtml(words.description)}</p>
      <label for="${field}">${inHtml(words.option)}</label>
      <select name="${field}"><option value="one">${inHtml(words.choice)}</option><option value="unlisted-choice">${inHtml(words.other)}</option></select>
      <input data-name="${field}--unlisted-choice" pattern="never-this" title="${inHtml(words.hint)}">
    </label></form>`;
}

/** A spawn that goes on until it is told to fail. */
export interface HostileSpawn {
  /** Ends it, for the reason that it was given. */
  fail(): void;
}

/** Starting the user's default server reports `message`, then nothing until it fails for `reason`. */
export function spawnsUntilTold(hub: FakeHub, user: string, message: string, reason: string): HostileSpawn {
  const told = new Deferred<void>();
  const path = `/hub/api/users/${encodeURIComponent(user)}/server`;
  hub.on(`POST ${path}`, () => {
    hub.servers.set("", { ready: false, pending: "spawn" });
    return { status: 202 };
  });
  const events = async function* (): AsyncGenerator<object> {
    yield { progress: 20, message };
    await told.promise;
    hub.servers.set("", { ready: false, pending: null });
    yield { progress: 100, failed: true, message: reason };
  };
  hub.on(`GET ${path}/progress`, () => ({ events: events() }));
  return { fail: () => told.resolve() };
}
