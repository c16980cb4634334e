// npm run test:e2e [-- --stack newest|previous|oldest] [mocha's arguments]: a real VS Code with the packaged extension,
// driven as a person would.
import { runPackaged } from "../packaged";

runPackaged("test/e2e/**/*.test.ts");
