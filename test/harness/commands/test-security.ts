// npm run test:security [-- --stack newest|previous|oldest] [--vscode newest|oldest] [--files a.test.ts,b.test.ts] [mocha's arguments]: hostile hubs, servers, kernels, certificates,
// pages, folders and notebooks against the product (docs/security.md), in plain Node and in a real VS Code with the packaged extension.
import { runPackaged } from "../packaged";

runPackaged("security");
