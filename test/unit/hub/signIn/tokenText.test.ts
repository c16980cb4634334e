// What looks like a token, and what does not: on the clipboard may be anything.
import assert from "node:assert/strict";
import { tokenIn } from "../../../../src/hub/signIn/tokenText";

describe("a text from the clipboard", () => {
  for (const text of [
    "cdf6c3209bf54fcba92fddce2e8d4cae",
    " cdf6c3209bf54fcba92fddce2e8d4cae\n",
    "“cdf6c3209bf54fcba92fddce2e8d4cae”",
    "\u200Bcdf6c3209bf54fcba92fddce2e8d4cae\u2060",
  ]) {
    it(`is taken for a token: ${JSON.stringify(text)}`, () => assert.equal(tokenIn(text), text.replace(/[\s“”\u200B\u2060]/g, "")));
  }

  for (const text of [
    "",
    "a short note",
    "df.groupby('x').agg({'y': 'mean'}).reset_index()",
    "https://hub.example.org/hub/token",
    "/home/ana/projects/2024/experiment-7/results",
    "a-file-name-with-many-parts-2024-01-02.ipynb",
    "internationalizationinternationalization",
    "12345678",
    "токен-токен-токен-токен-токен-12",
    "correct horse battery staple 1234567890",
    "ab12".repeat(200),
    // Other services' tokens, and longer numbers of other kinds.
    "0a".repeat(32),
    "0a".repeat(20),
    "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF-_x",
    "ghp_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eFaB3d",
    "glpat-3dE6gH9jK2mN5pQ8sT1v",
    "CDF6C3209BF54FCBA92FDDCE2E8D4CAE",
    "cdf6c320-9bf5-4fcb-a92f-ddce2e8d4cae",
    "x cdf6c3209bf54fcba92fddce2e8d4cae",
  ]) {
    it(`is left alone: ${JSON.stringify(text).slice(0, 60)}`, () => assert.equal(tokenIn(text), undefined));
  }
});
