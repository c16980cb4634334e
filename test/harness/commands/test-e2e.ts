// npm run test:e2e [-- --stack newest|previous|oldest] [--vscode newest|oldest] [--files a.test.ts,b.test.ts] [mocha's arguments]: a real VS Code with the packaged extension,
// driven as a person would.
import { runPackaged } from "../packaged";

runPackaged("e2e");
