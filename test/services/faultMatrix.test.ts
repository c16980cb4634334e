// Twelve faults × four states of a kernel connection. Every fault and every state once; all 48 with FAULT_MATRIX=full,
// all states of one fault with FAULT_MATRIX="its name".
import assert from "node:assert/strict";
import { sharedHub } from "../harness/hub/shared";
import { together } from "../harness/together";
import { faults, type Fault } from "./faults/faults";
import { states, type State } from "./faults/states";
import { createWorld, runsOf, settled, type World } from "./faults/world";

const wanted = process.env["FAULT_MATRIX"] ?? "";
const settleBound = 90_000;

interface Case {
  readonly fault: Fault;
  readonly state: State;
}

interface Outcome {
  readonly outcomes: readonly string[];
  readonly lost: number;
  readonly doubled: number;
  readonly twice: number;
  readonly gaps: number;
}

const cases: readonly Case[] = faults
  .filter(({ name }) => ["", "full", name].includes(wanted))
  .flatMap((fault, index) => (wanted === "" ? states.slice(index % states.length).slice(0, 1) : states).map((state) => ({ fault, state })));
describe("fault matrix", function () {
  this.timeout(20 * 60_000);
  const table = new Map<Case, Outcome>();
  const test = together(4);

  const isAlone = ({ fault }: Case): boolean => fault.alone === true;
  for (const one of cases.toSorted((a, b) => Number(isAlone(a)) - Number(isAlone(b)))) {
    const play = async (): Promise<void> => {
      const outcome = await played(one, isAlone(one) ? "alice@example.org" : "ana");
      table.set(one, outcome);
      check(one, outcome);
    };
    const title = `${one.fault.name}, ${one.state.name}: ${one.fault.promised}`;
    // What happens to the hub or to all its servers happens to nobody else's case.
    if (isAlone(one)) it(title, play);
    else test(title, play);
  }

  after(() => {
    console.log("| fault | state | outcome | lost | doubled | run twice | gaps told |\n|---|---|---|---|---|---|---|");
    for (const [{ fault, state }, { outcomes, lost, doubled, twice, gaps }] of table) {
      console.log(`| ${fault.name} | ${state.name} | ${outcomes.join(", ")} | ${lost} | ${doubled} | ${twice} | ${gaps} |`);
    }
  });
});

async function played({ fault, state }: Case, user: string): Promise<Outcome> {
  const world = await createWorld(sharedHub(), user);
  try {
    const afterwards = await state.enter(world);
    await fault.strike(world);
    afterwards?.();
    await settled(world, settleBound);
    return outcomeOf(world, fault.promised === "settled" ? [] : await runsOf(world));
  } finally {
    await world.close();
  }
}

/** @param runs how often each cell ran; empty where the kernel is another one now */
function outcomeOf(world: World, runs: readonly number[]): Outcome {
  const counts = world.cells.map(({ lines, expected }) => ({
    lost: expected.filter((line) => !lines.includes(line)).length,
    doubled: lines.length - new Set(lines).size,
  }));
  return {
    outcomes: world.cells.map(({ outcome }) => outcome ?? "open"),
    lost: counts.reduce((sum, { lost }) => sum + lost, 0),
    doubled: counts.reduce((sum, { doubled }) => sum + doubled, 0),
    twice: runs.filter((count) => count > 1).length,
    gaps: world.gaps,
  };
}

function check({ fault }: Case, { outcomes, lost, doubled, twice, gaps }: Outcome): void {
  assert.ok(outcomes.length > 0, "no cell was sent");
  assert.equal(doubled, 0, "lines came twice");
  assert.equal(twice, 0, "cells ran twice");
  switch (fault.promised) {
    case "nothing lost":
      assert.deepEqual([...new Set(outcomes)], ["ok"]);
      assert.equal(lost, 0);
      break;
    case "nothing lost, or told":
      if (lost > 0 || outcomes.some((outcome) => outcome !== "ok")) assert.ok(gaps > 0, `lost without a word: ${outcomes.join(", ")}`);
      break;
    case "settled":
      break;
  }
}
