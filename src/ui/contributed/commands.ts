// The commands that package.json contributes. Their titles, icons and places are there; what they do is in ui/commands.ts.

/** By their names without the extension's prefix. */
export const commandNames = [
  "signIn",
  "signOut",
  "refresh",
  "startServer",
  "stopServer",
  "startServerWithOptions",
  "restartServer",
  "newServer",
  "deleteServer",
  "keepAlive",
  "stopKeepingAlive",
  "selectKernel",
  "interruptKernel",
  "restartKernel",
  "restartAndRunAll",
  "restartAndRunUpTo",
  "reconnectKernel",
  "kernelActions",
  "setServerFolder",
  "shutDownKernel",
  "openServerNotebook",
  "addHub",
  "removeHub",
  "newNotebook",
  "attachKernel",
  "openKernelNotebook",
  "revealKernel",
  "interruptRunningKernel",
  "restartRunningKernel",
  "shutDownKernels",
  "shutDownIdleKernels",
  "endTerminal",
  "copyKernelId",
  "copyKernelPath",
  "copyConnectionCode",
  "showDetails",
  "copyReport",
  "openHub",
  "showLog",
] as const;

export type CommandName = (typeof commandNames)[number];

/** As VS Code knows it. */
export type CommandId = `jupyterhubConnect.${CommandName}`;

/** What a command does with what it is given: by a caller, or by a menu, which gives the row and all selected ones. */
export type CommandHandler = (argument?: never, all?: never) => unknown;

/** The handlers of some commands; `satisfies` keeps which they are. */
export type CommandHandlers = { readonly [N in CommandName]?: CommandHandler };
