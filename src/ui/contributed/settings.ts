// The settings that package.json contributes: what each is, and what it is where the user has set nothing usable.

/** `usable` tells values of the setting from what else may stand in a settings file. */
interface Setting<T> {
  readonly default: T;
  readonly usable: (value: unknown) => value is T;
}

const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isNumber = (value: unknown): value is number => typeof value === "number";
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !isList(value);

/** By the name without the extension's prefix. The defaults are those of package.json. */
export const settings = {
  /** Entries as they stand in the settings; src/hub/signIn/configuration.ts reads them. */
  hubs: setting<readonly unknown[]>([], isList),
  runQueue: setting<"kernel" | "window">("kernel", (value) => value === "kernel" || value === "window"),
  /** Local folders and where they are on the server; src/app/files/serverFolders.ts reads them. */
  serverFolders: setting<Readonly<Record<string, unknown>>>({}, isRecord),
  shutDownKernelOnClose: setting(false, isBoolean),
  stopOnError: setting(true, isBoolean),
  restAfterMinutes: setting(20, isNumber),
  /** At most ten years, in days. */
  tokenLifetimeDays: setting(14, (value): value is number => isNumber(value) && value > 0 && value <= 3650),
};

export type SettingName = keyof typeof settings;
export type SettingValue<N extends SettingName> = (typeof settings)[N]["default"];

function setting<T>(value: T, usable: Setting<T>["usable"]): Setting<T> {
  return { default: value, usable };
}
