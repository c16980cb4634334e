// Records of level error in the product's own log fail the test in which they come, unless it has declared them.
import type { Context, Test } from "mocha";
import { nullLogger } from "../../../src/base/log";

type Take = () => readonly string[];

interface State {
  /** Logs that are looked into when a test ends. */
  readonly logs: Set<Take>;
  noted: string[];
  declared: readonly RegExp[];
}

// On globalThis, since each test file in VS Code is a bundle with its own copy of this module.
const place = globalThis as { jupyterHubConnectLoggedErrors?: State };
const state: State = (place.jupyterHubConnectLoggedErrors ??= { logs: new Set(), noted: [], declared: [] });

/** Declares error records that match: for the rest of the running test, or, in `beforeEach`, of the one that begins. */
export function mayLog(...patterns: readonly RegExp[]): void {
  state.declared = [...state.declared, ...patterns];
}

/** Looks into a log from now on. @returns what ends that */
export function watchLog(take: Take): () => void {
  state.logs.add(take);
  return () => void state.logs.delete(take);
}

/** The error records since the last call that nobody has declared. */
export function undeclaredErrors(): readonly string[] {
  const lines = [...state.noted.splice(0), ...[...state.logs].flatMap((take) => take())];
  return lines.filter((line) => !state.declared.some((pattern) => pattern.test(line)));
}

/** @throws Error with the error records that nobody has declared */
export function failByErrors(): void {
  const errors = undeclaredErrors();
  if (errors.length > 0) throw new Error(["The log has errors that nobody has declared (mayLog):", ...errors].join("\n"));
}

/** Notes what the logger that says nothing is told; a test with a logger of its own knows what it expects. */
export function watchNullLogger(): void {
  const note = (message: string, detail?: unknown): void => {
    const reason = detail instanceof Error ? (detail.stack ?? detail.message) : JSON.stringify(detail);
    state.noted.push(detail === undefined ? message : `${message}: ${reason}`);
  };
  Object.assign(nullLogger, { error: note });
}

/** Root hooks of mocha. The check is part of each test: a hook that fails would end the run. */
export const mochaHooks = {
  beforeEach(this: Context): void {
    state.declared = [];
    const { currentTest } = this;
    if (currentTest) check(currentTest);
  },
  afterAll(): void {
    failByErrors();
  },
};

function check(test: Test): void {
  const { fn } = test;
  if (!fn || fn.length > 0) return;
  test.fn = async function (this: Context): Promise<void> {
    await (fn as (this: Context) => unknown).call(this);
    failByErrors();
  };
}
