// The process of one check: it is told which client, which check and which server, and answers with the facts.
import { messageOf } from "../../../src/base/errors";
import { checks } from "./peerChecks";
import { managerChecks } from "./peerManagerChecks";
import { ours } from "./peerOurs";
import type { CheckName, PeerAnswer, PeerQuestion } from "./peerProcess";
import { Scene, type Escaped } from "./peerScene";
import { theirs } from "./peerTheirs";

const all = { ...checks, ...managerChecks } satisfies Record<CheckName, unknown>;

const escaped: Escaped = { uncaught: 0, unhandled: 0 };
process.on("uncaughtException", () => escaped.uncaught++);
process.on("unhandledRejection", () => escaped.unhandled++);
process.on("disconnect", () => process.exit());

process.once("message", ({ client, check, server }: PeerQuestion) => {
  const scene = new Scene(client === "ours" ? ours : theirs, server, escaped);
  const answer = (message: PeerAnswer): void => void process.send?.(message);
  all[check](scene)
    .finally(() => scene.end())
    .then(
      (facts) => answer({ facts }),
      (error: unknown) => answer({ error: messageOf(error) }),
    );
});
