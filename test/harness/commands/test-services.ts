// npm run test:services: against a real hub and user server, one hub for the whole run. Arguments go to mocha.
import { join } from "node:path";
import { runMain, runMocha } from "../child";
import { harness } from "../paths";

const sharedHub = join(harness, "hub", "shared.ts");

runMain(() => runMocha("test/services/**/*.test.ts", ["--require", sharedHub, "--timeout", "60000", "--exit", ...process.argv.slice(2)]));
