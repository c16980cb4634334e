// npm run test:unit: everything that needs no server, in plain Node. Arguments go to mocha: -- --grep codec
import { runMain, runMocha } from "../child";

runMain(() => runMocha("test/unit/**/*.test.ts", process.argv.slice(2)));
