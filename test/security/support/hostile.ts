// What a hostile peer sends: texts of the pieces that readers look for, and good data with faults in it.
import fc from "fast-check";

/** Values where others belong. */
const junk: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1e308,
    Number.MAX_SAFE_INTEGER + 2,
    0.5,
    "",
    "x",
    "constructor",
    "__proto__",
    "\ud800",
    "\u202e",
    "a\n\r\b\x1b[31mb",
    "x".repeat(300),
  ],
  ...[
    [],
    [[]],
    [null],
    {},
    { constructor: 1 },
    Object.fromEntries([["__proto__", { x: 1 }]]),
    Array.from({ length: 50 }, () => 1),
    nested(20),
  ],
  ...[
    "2026-13-45",
    "1e999",
    "../..",
    "//evil.example.org/",
    "http://[",
    "javascript:x",
    "%00",
    "%2e%2e/",
    "https://a@b@c/",
    "[a](command:x)",
  ],
];

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

const junkTexts = junk.map((value) => JSON.stringify(value));
/** Now and then: they take time to make. */
const largeTexts = [nested(1_500), "x".repeat(10_000), Array.from({ length: 1_000 }, () => null)].map((value) => JSON.stringify(value));

/** Texts of these pieces, of others that belong nowhere, and of any characters. */
export function textOf(...pieces: readonly string[]): fc.Arbitrary<string> {
  const stray = ["\u0000", "\ud83d", "\u{1F600}", " ", "\n", '"', "\\", "\x1b", "constructor", "a"];
  const piece = fc.oneof(
    { arbitrary: fc.constantFrom(...pieces, ...stray), weight: 9 },
    { arbitrary: fc.string({ maxLength: 3 }), weight: 1 },
  );
  const repeated = fc.tuple(piece, fc.nat(300)).map(([text, times]) => text.repeat(times));
  return fc
    .array(fc.oneof({ arbitrary: piece, weight: 15 }, { arbitrary: repeated, weight: 1 }), { maxLength: 12 })
    .map((parts) => parts.join(""));
}

/** Faults as numbers, of which each is read in parts: they are made quickly. */
const faults = fc.array(fc.nat(0x7fff_ffff), { maxLength: 3 });

/** `good` with some values replaced, added or left out, anywhere in it. */
export function faulty(good: unknown): fc.Arbitrary<unknown> {
  const text = JSON.stringify(good);
  return faults.map((numbers) => broken(text, numbers));
}

/** As `faulty`, as JSON, now and then cut or with something put in. */
export function faultyJson(good: unknown): fc.Arbitrary<string> {
  const text = JSON.stringify(good);
  return fc.tuple(faults, fc.nat(0x7fff_ffff)).map(([numbers, number]) => {
    const value = JSON.stringify(broken(text, numbers));
    const place = Math.floor(number / 100) % (value.length + 1);
    if (number % 10 > 1) return value;
    return number % 10 === 0 ? value.slice(0, place) : value.slice(0, place) + (signs[place % signs.length] ?? "") + value.slice(place);
  });
}

const signs = ["{", "]", '"', "\\", ",", "\u0000", "\ufeff"];

function broken(text: string, numbers: readonly number[]): unknown {
  let value: unknown = JSON.parse(text);
  for (const number of numbers) {
    // Made anew each time: other faults are put into it.
    const texts = number % 101 === 0 ? largeTexts : junkTexts;
    const other: unknown = JSON.parse(texts[number % texts.length] ?? "null");
    const places = placesIn(value);
    const place = places[Math.floor(number / 100) % (places.length + 1)];
    const kind = Math.floor(number / 1_000_000) % 5;
    if (!place) value = other;
    else if (kind === 0) Reflect.deleteProperty(place.owner, place.key);
    else if (kind === 1) Reflect.set(place.owner, Array.isArray(place.owner) ? place.owner.length : "more", other);
    else Reflect.set(place.owner, place.key, other);
  }
  return value;
}

interface Place {
  readonly owner: object;
  readonly key: string;
}

/** What can be replaced: the first hundred places, not too deep in it. */
function placesIn(value: unknown, places: Place[] = [], depth = 0): Place[] {
  if (typeof value !== "object" || value === null || depth > 5) return places;
  for (const [key, inside] of Object.entries(value)) {
    if (places.length > 100) break;
    places.push({ owner: value, key });
    placesIn(inside, places, depth + 1);
  }
  return places;
}
