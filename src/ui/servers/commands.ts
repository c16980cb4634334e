// The commands on servers. With all arguments, and `confirmed` where something is lost by it, a command asks nothing, and rejects with
// the reason where it fails.
import type { AccountRow, ServerRow } from "../../app/hubTree/rows";
import { isShared, type Server, type UserOptions } from "../../app/servers/server";
import { ProductError } from "../../base/errors";
import type { AppContext } from "../context";
import type { CommandHandlers, CommandName } from "../contributed/commands";
import { reporting } from "../report";
import { chooseAccount } from "../signIn/signIn";
import { chooseServer, givenAccount, givenServer, type ServerArguments } from "./choose";
import { keepAlive } from "./keepAlive";
import { askServerName } from "./newServer";
import { askHowToStart } from "./options";
import { startForPerson, startServer } from "./start";
import { deleteServer, restartServer, stopServer } from "./stop";

interface StartArguments extends ServerArguments {
  /** `user_options` for the hub's spawner; by default those of the last time. */
  readonly options?: UserOptions;
}

interface KeepAliveArguments extends ServerArguments {
  readonly hours: number;
}

interface NewServerArguments {
  readonly account?: string;
  /** The new server's name, as the hub takes it. */
  readonly name: string;
  readonly displayName?: string;
  readonly options?: UserOptions;
}

/** The argument of a command on a server: nothing from the palette, a row of the view, or a caller's arguments. */
type Given<A> = ServerRow | A | undefined;

/** Handlers by the command's name without its prefix. */
export function serverCommands(app: AppContext) {
  /** `told` with a caller's arguments, else `asked` with the row's server or the one the user picks. */
  const onServer =
    <A extends ServerArguments>(
      command: CommandName,
      accept: (server: Server) => boolean,
      question: string,
      told: (server: Server, given: A) => Promise<unknown>,
      asked: (server: Server) => Promise<unknown>,
    ) =>
    async (given: Given<A>): Promise<void> => {
      if (given && !("kind" in given)) {
        await told(givenServer(app, given), given);
        return;
      }
      await reporting(app, command, async () => {
        const server = given?.server ?? (await chooseServer(app, accept, question));
        if (server) await asked(server);
      });
    };
  /** As `onServer`, for what ends or deletes something: by a caller's arguments only where these say that the user agrees. */
  const endingServer = <A extends ServerArguments>(...how: Parameters<typeof onServer<A>>) => {
    const [command, , , , asked] = how;
    const handler = onServer<A>(...how);
    return async (given: Given<A>): Promise<void> => {
      if (!given || "kind" in given || given.confirmed) await handler(given);
      else await reporting(app, command, () => asked(givenServer(app, given)));
    };
  };
  const mine = (server: Server): boolean => !isShared(server);

  return {
    startServer: onServer<StartArguments>(
      "startServer",
      (server) => mine(server) && server.state !== "running",
      "Start which server?",
      (server, { options }) => startServer(app, server, { start: { userOptions: options } }),
      (server) => startForPerson(app, server),
    ),
    startServerWithOptions: onServer<StartArguments>(
      "startServerWithOptions",
      (server) => mine(server) && server.state === "stopped",
      "Start which server?",
      (server, { options }) => {
        if (options) return startServer(app, server, { start: { userOptions: options } });
        throw new ProductError("usage", "Say with which options the server is to start.");
      },
      async (server) => {
        const how = await askHowToStart(app, server);
        if (how) await startForPerson(app, server, how);
      },
    ),
    stopServer: endingServer(
      "stopServer",
      (server) => mine(server) && server.state !== "stopped",
      "Stop which server?",
      (server) => app.servers.stop(server),
      (server) => stopServer(app, server),
    ),
    restartServer: endingServer<StartArguments>(
      "restartServer",
      (server) => mine(server) && server.state === "running",
      "Restart which server?",
      (server, { options }) => startServer(app, server, { restart: true, start: { userOptions: options } }),
      (server) => restartServer(app, server),
    ),
    deleteServer: endingServer(
      "deleteServer",
      (server) => mine(server) && server.name !== "",
      "Delete which server?",
      (server) => app.servers.delete(server),
      (server) => deleteServer(app, server),
    ),
    keepAlive: onServer<KeepAliveArguments>(
      "keepAlive",
      ({ state }) => state === "running",
      "Keep which server alive?",
      (server, { hours }) => app.keepAlive.keep(server, hours * 3_600_000),
      (server) => keepAlive(app, server),
    ),
    stopKeepingAlive: onServer(
      "stopKeepingAlive",
      (server) => app.keepAlive.until(server) !== undefined,
      "Stop keeping which server alive?",
      (server) => app.keepAlive.end(server),
      (server) => app.keepAlive.end(server),
    ),
    newServer: async (given?: NewServerArguments | AccountRow) => {
      if (given && "name" in given) {
        const { name, displayName, options } = given;
        const server = await app.servers.create(givenAccount(app, given), name, { start: { displayName, userOptions: options } });
        return { id: server.id, label: server.label };
      }
      return reporting(app, "newServer", () => newServer(app, given));
    },
  } satisfies CommandHandlers;
}

async function newServer(app: AppContext, node: AccountRow | undefined): Promise<void> {
  const account = node?.account ?? (await chooseAccount(app));
  if (!account) return;
  const wanted = await askServerName(app, account);
  if (!wanted) throw new ProductError("aborted", "Nothing was created.");
  const server = app.servers.get(account, wanted.name);
  const how = app.spawnForms.isKnown(server) ? await askHowToStart(app, server) : {};
  if (!how) {
    // Asking for its spawn page has made the hub remember the name.
    await app.servers.delete(server);
    return;
  }
  await startForPerson(app, server, { ...how, start: { ...how.start, displayName: wanted.displayName } });
}
