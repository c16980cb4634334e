// app/ports.ts on VS Code: SecretStorage, Memento, the log channel, settings.
import * as vscode from "vscode";
import type { Memory, Ports } from "../app/ports";
import { Emitter } from "../base/event";
import { Redactor, redactingLogger, type Logger } from "../base/log";
import type { TokenStore } from "../hub/account/account";
import { secretsIn } from "../hub/account/tokenRecord";
import { restAfter, windowActivity } from "./presence";
import { confirm } from "./confirm";
import { networkSettings } from "./configuration";
import { tokenTerms } from "./signIn/tokenTerms";

const keyPrefix = "token:";
/** Key prefix of the index of records, in the memory that windows share: SecretStorage does not list its keys. */
const indexPrefix = "secret:";

const levels = { debug: vscode.LogLevel.Debug, info: vscode.LogLevel.Info, warn: vscode.LogLevel.Warning, error: vscode.LogLevel.Error };

/** The ports, and the log's channel; both end with `context`. */
export function createPorts(context: vscode.ExtensionContext): Ports & { readonly channel: vscode.LogOutputChannel } {
  const channel = vscode.window.createOutputChannel("JupyterHub Connect", { log: true });
  context.subscriptions.push(channel);
  const redactor = new Redactor();
  const isOn = (level: keyof Logger): boolean => channel.logLevel !== vscode.LogLevel.Off && channel.logLevel <= levels[level];
  const log = redactingLogger(redactor, (level, line) => channel[level](line), isOn);
  return {
    channel,
    log,
    memory: memoryOn(context.globalState),
    tokens: tokensIn(context, redactor, log),
    hide: (secret) => redactor.add(secret),
    tokenTerms,
    activity: windowActivity(context.subscriptions, log),
    restAfter,
    network: networkSettings(context.subscriptions, log, redactor),
    confirmServerHost,
  };
}

/** The hub's word alone is not enough to send anything to a host that is not the hub's. */
function confirmServerHost(hub: string, server: string): Promise<boolean> {
  const detail = `The hub at ${hub} says that this server is on another host. What you run and open there goes to ${server}. Go on only if you know that host as one of your institution's.`;
  return confirm({ title: `Use the server on ${server}?`, detail, button: "Use It" });
}

function memoryOn(state: vscode.Memento): Memory {
  return {
    get: (key) => state.get(key),
    set: async (key, value) => state.update(key, value),
    keys: () => state.keys(),
  };
}

/**
 * Records of tokens in SecretStorage. What was read is kept at hand: in a remote window the storage is at the other
 * end, which may be asleep while the extension goes on.
 */
function tokensIn(context: vscode.ExtensionContext, redactor: Redactor, log: Logger): TokenStore {
  const { secrets, globalState: index } = context;
  const known = new Map<string, string | undefined>();
  /** How often a record has changed: what was read before the last change is not kept. */
  const versions = new Map<string, number>();
  const changed = new Emitter<string>(log);
  const version = (id: string): number => versions.get(id) ?? 0;
  const remember = (id: string, record: string | undefined): string | undefined => {
    known.set(id, record);
    if (record !== undefined) for (const secret of secretsIn(record)) redactor.add(secret);
    return record;
  };
  const write = async (id: string, record: string | undefined): Promise<void> => {
    versions.set(id, version(id) + 1);
    remember(id, record);
    try {
      // Named first and last, so that no record is ever left behind unnamed.
      if (record !== undefined) await index.update(indexPrefix + id, true);
      await (record === undefined ? secrets.delete(keyPrefix + id) : secrets.store(keyPrefix + id, record));
      if (record === undefined) await index.update(indexPrefix + id, undefined);
    } catch (error) {
      known.delete(id);
      throw error;
    }
  };
  context.subscriptions.push(
    changed,
    secrets.onDidChange(({ key }) => {
      if (!key.startsWith(keyPrefix)) return;
      const id = key.slice(keyPrefix.length);
      versions.set(id, version(id) + 1);
      known.delete(id);
      changed.fire(id);
    }),
  );
  return {
    get: async (id) => {
      for (;;) {
        if (known.has(id)) return known.get(id);
        const before = version(id);
        const record = await secrets.get(keyPrefix + id);
        if (version(id) === before) return remember(id, record);
      }
    },
    set: write,
    delete: (id) => write(id, undefined),
    ids: () => index.keys().flatMap((key) => (key.startsWith(indexPrefix) ? [key.slice(indexPrefix.length)] : [])),
    onDidChange: changed.event,
  };
}
