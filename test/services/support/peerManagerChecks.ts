// What is done to both clients' lists of kernels and kernel specs; the server is a fake where a real one does not answer so.
import { Deferred } from "../../../src/base/async";
import { ProductError, messageOf } from "../../../src/base/errors";
import { FakeJupyterServer, type Scripted } from "../../fakes/jupyterServer";
import type { Place } from "./peer";
import type { Check } from "./peerChecks";
import { settled, type Scene } from "./peerScene";

/** A fake server that answers lists in this way. */
async function answering(scene: Scene, answer: Scripted): Promise<Place> {
  const server = await scene.fake(FakeJupyterServer.start());
  server.on("GET /api/kernels", answer).on("GET /api/kernelspecs", answer);
  return { baseUrl: server.url.href, token: () => "token" };
}

export const managerChecks = {
  async staleList(scene) {
    let holding = false;
    const [arrived, released] = [new Deferred<undefined>(), new Deferred<undefined>()];
    const answered = async (method: string, path: string): Promise<void> => {
      if (method !== "GET" || !path.endsWith("/api/kernels") || !holding) return;
      arrived.resolve(undefined);
      await released.promise;
    };
    const kernels = scene.client.kernels(scene.place({ answered }));
    await kernels.ready();
    // So that the list that is held back is another one than the last.
    await scene.kernel();
    holding = true;
    const stale = kernels.refresh();
    await arrived.promise;
    const kernel = await kernels.startNew();
    released.resolve(undefined);
    await stale;
    await kernels.refresh();
    return { dead: kernel.status === "dead", disposed: kernel.isDisposed };
  },

  async error500(scene) {
    const place = await answering(scene, { status: 500, json: { message: "Out of disk." } });
    const [kernels, specs] = [scene.client.kernels(place), scene.client.kernelSpecs(place)];
    return {
      kernelsReady: await settled(kernels.ready()),
      kernelsRefresh: await settled(kernels.refresh()),
      specsReady: await settled(specs.ready()),
      specsRefresh: await settled(specs.refresh()),
    };
  },

  async loginPage(scene) {
    const place = await answering(scene, { text: "<html><form>Sign in</form></html>", type: "text/html; charset=UTF-8" });
    const error: unknown = await scene.client.list(place).catch((reason: unknown) => reason);
    return { error: error instanceof ProductError ? error.code : error instanceof Error ? error.name : messageOf(error) };
  },
} satisfies Record<string, Check>;
