// Reads many inputs of a peer: each gives something or one of our errors, and takes little time and memory.
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProductError } from "../../../src/base/errors";
import { serverSettings, type ServerSettings } from "../../../src/transport/settings";
import { heldNow, peakNow, timeOf } from "../support/cost";

const cases = 10_000;
/** Milliseconds for one case. */
const patience = 100;
/** MB for one case, and to be held after all of them. */
const room = 50;

/** Fails for anything thrown that is none of ours. */
export function ours(error: unknown): undefined {
  if (!(error instanceof ProductError)) throw error;
  return undefined;
}

/** Runs `read` on 10,000 inputs. */
export async function fuzz<T>(input: fc.Arbitrary<T>, read: (input: T) => unknown): Promise<void> {
  const attempt = async (value: T): Promise<void> => {
    try {
      const result = read(value);
      if (result instanceof Promise) await result;
    } catch (error) {
      ours(error);
    }
  };
  const before = await heldNow();
  const property = fc.asyncProperty(input, async (value) => {
    const [start, peak] = [performance.now(), peakNow()];
    await attempt(value);
    const grown = peakNow() - peak;
    assert.ok(grown < room, `${grown} MB`);
    if (performance.now() - start < patience) return;
    // The machine is busy, or the reader slow.
    const took = timeOf(() => void attempt(value), patience);
    assert.ok(took < patience, `${took} ms`);
  });
  await fc.assert(property, { numRuns: cases });
  const held = (await heldNow()) - before;
  assert.ok(held < room, `${held} MB are held`);
}

/** A server that answers everything with this. */
export function answering(text: string, status = 200, headers: Record<string, string | string[]> = {}): ServerSettings {
  const get = (name: string): string | null => headers[name.toLowerCase()]?.toString() ?? null;
  const cookies = [headers["set-cookie"] ?? []].flat();
  return serverSettings({
    baseUrl: "http://127.0.0.1/hub/",
    label: "ana @ hub",
    token: "good",
    timeouts: { retry: 0 },
    fetch: async () => ({
      status,
      ok: status >= 200 && status < 300,
      headers: { get, getSetCookie: () => cookies },
      body: [Buffer.from(text)] as never,
    }),
  });
}
