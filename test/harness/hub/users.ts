// The people of the test hub, each with a password and a token.
import * as v from "valibot";
import type { HubApi } from "./api";

/** Someone who can sign in to the test hub. */
export interface TestUser {
  /** The name as the hub knows it: JupyterHub lower-cases names. */
  name: string;
  password: string;
  /** An API token as the person's own token page makes it: with all the person's rights. */
  token: string;
}

/** As a person would type them at sign-in: plain, with an @, with a space and non-ASCII letters. */
const names = ["ana", "alice@example.org", "Zoë Müller"] as const;

/** The user with administrator's rights, for tests that need one; not among `users`. */
export const adminName = "admin";

const usersModel = v.array(v.object({ name: v.string() }));
const tokenModel = v.object({ token: v.string() });

/** Creates all users with their tokens; the administrator, named in the hub's configuration, exists already. */
export async function createUsers(api: HubApi, password: string): Promise<{ users: TestUser[]; admin: TestUser }> {
  // This request lower-cases names as a sign-in does; POST users/NAME would take them as they are.
  const created = await api("users", { method: "POST", body: JSON.stringify({ usernames: names }) }, [201]);
  const known = v.parse(usersModel, await created.json());
  const users: TestUser[] = [];
  for (const { name } of known) users.push(await withToken(api, name, password));
  return { users, admin: await withToken(api, adminName, password) };
}

async function withToken(api: HubApi, name: string, password: string): Promise<TestUser> {
  const path = `users/${encodeURIComponent(name)}/tokens`;
  const minted = await api(path, { method: "POST", body: JSON.stringify({ note: "test harness" }) }, [200, 201]);
  return { name, password, token: v.parse(tokenModel, await minted.json()).token };
}
