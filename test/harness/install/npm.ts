// The environment in which the harness itself calls npm.

/**
 * Our environment without what an outer `npm run` put into it about this project: it would steer an inner npm that
 * works elsewhere (prefix, log level), or tell a postinstall script of another Node than the one it runs on (user agent).
 * The person's own settings, such as a registry, stay.
 */
export function npmEnvironment(): NodeJS.ProcessEnv {
  const ours =
    /^npm_(package|lifecycle|command|execpath|node_execpath)|^npm_config_(local_prefix|loglevel|fund|audit|noproxy|user_agent|npm_version|node_gyp)$|^INIT_CWD$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
