// package.json as tests read it.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import { root } from "../../harness/paths";

const command = v.object({
  command: v.string(),
  title: v.string(),
  category: v.optional(v.string()),
  icon: v.optional(v.string()),
  enablement: v.optional(v.string()),
});
const item = v.object({ command: v.string(), when: v.optional(v.string()) });
const setting = v.object({
  type: v.string(),
  scope: v.optional(v.string()),
  default: v.unknown(),
  enum: v.optional(v.array(v.string())),
  minimum: v.optional(v.number()),
  maximum: v.optional(v.number()),
});
const step = v.object({
  description: v.string(),
  media: v.object({ svg: v.string(), altText: v.string() }),
  completionEvents: v.array(v.string()),
});
const schema = v.object({
  capabilities: v.object({ untrustedWorkspaces: v.object({ restrictedConfigurations: v.array(v.string()) }) }),
  contributes: v.object({
    configuration: v.object({ properties: v.record(v.string(), setting) }),
    commands: v.array(command),
    keybindings: v.array(v.object({ command: v.string(), key: v.string(), when: v.string() })),
    menus: v.record(v.string(), v.array(item)),
    viewsWelcome: v.array(v.object({ contents: v.string(), when: v.string() })),
    walkthroughs: v.array(v.object({ id: v.string(), steps: v.array(step) })),
  }),
});

export const manifestText = readFileSync(path.join(root, "package.json"), "utf8");
export const manifest = v.parse(schema, JSON.parse(manifestText));

/** What begins the names of our commands, settings and context keys. */
export const prefix = "jupyterhubConnect.";
