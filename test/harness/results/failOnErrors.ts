// For mocha's --require: error records of the product's log fail the tests of a suite that runs in plain Node.
import { watchNullLogger } from "./loggedErrors";

export { mochaHooks } from "./loggedErrors";

watchNullLogger();
