// app/ports.ts on VS Code: SecretStorage, Memento, the log channel, settings.
import * as vscode from "vscode";
import type { Memory, Ports } from "../app/ports";
import { Emitter } from "../base/event";
import { Redactor, redactingLogger, type Logger } from "../base/log";
import type { TokenStore } from "../hub/account";
import { windowActivity } from "./activity";
import { networkSettings } from "./configuration";

const keyPrefix = "token:";

/** The ports, and the log's channel; both end with `context`. */
export function createPorts(context: vscode.ExtensionContext): Ports & { readonly channel: vscode.LogOutputChannel } {
  const channel = vscode.window.createOutputChannel("JupyterHub Connect", { log: true });
  context.subscriptions.push(channel);
  const redactor = new Redactor();
  const log = redactingLogger(redactor, (level, line) => channel[level](line));
  return {
    channel,
    log,
    memory: memoryOn(context.globalState),
    tokens: tokensIn(context, redactor, log),
    activity: windowActivity(context.subscriptions, log),
    network: networkSettings(context.subscriptions, log, redactor),
  };
}

function memoryOn(state: vscode.Memento): Memory {
  return {
    get: (key) => state.get(key),
    set: async (key, value) => state.update(key, value),
    keys: () => state.keys(),
  };
}

/**
 * Tokens in SecretStorage. What was read is kept at hand: in a remote window the storage is at the other end, which may
 * be asleep while the extension goes on.
 */
function tokensIn(context: vscode.ExtensionContext, redactor: Redactor, log: Logger): TokenStore {
  const { secrets } = context;
  const known = new Map<string, string | undefined>();
  const changed = new Emitter<string>(log);
  const remember = (id: string, token: string | undefined): string | undefined => {
    known.set(id, token);
    if (token !== undefined) redactor.add(token);
    return token;
  };
  context.subscriptions.push(
    changed,
    secrets.onDidChange(({ key }) => {
      if (!key.startsWith(keyPrefix)) return;
      known.delete(key.slice(keyPrefix.length));
      changed.fire(key.slice(keyPrefix.length));
    }),
  );
  return {
    get: async (id) => (known.has(id) ? known.get(id) : remember(id, await secrets.get(keyPrefix + id))),
    set: async (id, token) => {
      remember(id, token);
      await secrets.store(keyPrefix + id, token);
    },
    delete: async (id) => {
      remember(id, undefined);
      await secrets.delete(keyPrefix + id);
    },
    onDidChange: changed.event,
  };
}
