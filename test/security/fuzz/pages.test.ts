// Pages of a hub with faults in them, and addresses as people paste them.
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAddress } from "../../../src/hub/signIn/address";
import { findHub } from "../../../src/hub/signIn/findHub";
import { logIn, readSpawnForm } from "../../../src/hub/pages/pages";
import { authenticatePlainServer } from "../../../src/hub/api/plainServer";
import { parseSpawnForm, preselecting, problemOn, userOptionsOf } from "../../../src/hub/pages/spawnForm";
import { readLoginPage } from "../../../src/hub/signIn/loginMethods";
import { textOf } from "../support/hostile";
import { answering, fuzz, ours } from "./fuzz";
import { html } from "./samples";

describe("10,000 inputs of a peer", function () {
  this.timeout(120_000);

  it("for sign-in and spawn pages", () =>
    fuzz(html, (text) => {
      readLoginPage(text);
      problemOn(text);
      const form = parseSpawnForm(text);
      for (const profile of form ? preselecting(form, { profile: "gpu", image: "1" }).profiles : []) userOptionsOf(profile, new Map());
    }));

  it("for cookies, places and forms of pages", () =>
    fuzz(
      fc.tuple(
        html,
        fc.constantFrom(200, 302, 403),
        textOf("_xsrf=1", ";", "=", " Max-Age=0", " expires=", "jupyterhub-hub-login=x"),
        textOf("/hub/", "//", "http://[", "login", "user/", ":", "@"),
      ),
      async ([text, status, cookie, location]) => {
        const at = answering(text, status, { "set-cookie": [cookie, cookie], location });
        for (const read of [
          () => logIn(at, "ana", "secret"),
          () => readSpawnForm(at, cookie, "ana", "gpu"),
          () => authenticatePlainServer(at, "secret"),
          () => findHub(parseAddress("http://127.0.0.1/"), { fetch: at.fetch }),
        ]) {
          await read().catch(ours);
        }
      },
    ));

  it("for addresses", () =>
    fuzz(
      textOf(
        "https://",
        "http://",
        "hub.example.org",
        "/hub/",
        "/user/ana",
        "?token=x",
        "#",
        "@",
        "//",
        "\\",
        ":",
        "[::1]",
        "%2e",
        "(",
        "»",
        "&next=%2Fuser%2F",
      ),
      (text) => {
        const { candidates } = parseAddress(text);
        assert.ok(candidates.length <= 9);
      },
    ));
});
