// What a window has left in the browser: VS Code keeps its state there, secrets included, which code-server encrypts.
import type { Page } from "playwright-core";

/** All that the page's origin keeps, as one text: local and session storage, databases, cookies that scripts see. */
export async function browserStorage(page: Page): Promise<string> {
  return await page.evaluate(async () => {
    let all = [JSON.stringify(Object.entries(localStorage)), JSON.stringify(Object.entries(sessionStorage)), document.cookie].join("\n");
    for (const { name = "" } of await indexedDB.databases()) {
      // No function here has a name: what names functions for Node is not there in the page.
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(`The database ${name} cannot be opened.`));
      });
      for (const store of database.objectStoreNames) {
        all += await new Promise<string>((resolve, reject) => {
          const request = database.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => resolve(JSON.stringify(request.result));
          request.onerror = () => reject(new Error(`${store} of ${name} cannot be read.`));
        });
      }
      database.close();
    }
    return all;
  });
}
