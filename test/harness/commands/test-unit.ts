// npm run test:unit: everything that needs no server, in plain Node. Arguments go to mocha: -- --grep codec
// Files run in several processes; -- --no-parallel for one, as it.only and --inspect want it.
import { availableParallelism } from "node:os";
import { runMain, runMocha } from "../child";

// Much of the time is spent waiting, and each process has to load everything: two are worth it on any machine, many on none.
const jobs = Math.min(Math.max(availableParallelism(), 2), 4);

// On a machine that is busy with something else, such as building code-server beside, a test of milliseconds may take seconds.
runMain(() => runMocha(["test/unit/**/*.test.ts"], ["--parallel", "--jobs", String(jobs), "--timeout", "20000", ...process.argv.slice(2)]));
