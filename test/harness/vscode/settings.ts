// The VS Code settings of the harness: quiet, no first-run pages, no calls to the outside.

/** VS Code settings by their full name. */
export type Settings = Readonly<Record<string, unknown>>;

/** What every run has: nothing pops up that a test or a picture would have to step around. */
export const quietSettings: Settings = {
  "chat.disableAIFeatures": true,
  "editor.cursorBlinking": "solid",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  // Else VS Code looks through all processes for ports, and tells of those of other windows and hubs.
  "remote.autoForwardPorts": false,
  "security.workspace.trust.banner": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "workbench.editor.useModal": "off",
  "workbench.reduceMotion": "on",
  // Without it, a notebook opened while extensions are still being found opens as text.
  "workbench.editorAssociations": { "*.ipynb": "jupyter-notebook" },
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
};

/** In a browser VS Code saves by itself after a second unless told otherwise, and marks no tab as changed then. */
export const savesOnDemand: Settings = { ...quietSettings, "files.autoSave": "off" };

/** The demo's folder holds the sample that we put there: no question whether to trust it. */
export const demoSettings: Settings = {
  ...quietSettings,
  "security.workspace.trust.enabled": false,
};

/**
 * Runs of code inside the extension host: no person is there to trust the folder. VS Code refuses a save while one by
 * itself still asks the extensions (they have 1.75 s), so that `save` of a busy window would give false for no fault.
 */
export const extensionHostSettings: Settings = {
  ...savesOnDemand,
  "security.workspace.trust.enabled": false,
};
