// What happens when a command is interrupted: Ctrl-C, a signal, or the death of the process that started it.

/**
 * Calls `cleanUp` once, at the first SIGINT, SIGTERM or SIGHUP or when run.mjs is gone, and then ends the process
 * with `exitCode`. A second interrupt ends it at once.
 */
export function onInterrupt(cleanUp: () => Promise<void>, exitCode: number): void {
  let since: number | undefined;
  const interrupt = (): void => {
    if (since !== undefined) {
      // Ctrl-C arrives twice, from the terminal and from run.mjs: only a later one means "now".
      if (Date.now() - since > 1_000) process.exit(exitCode);
      return;
    }
    since = Date.now();
    cleanUp().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  process.on("disconnect", interrupt);
  // Listening must not keep a finished command alive.
  process.channel?.unref();
}
