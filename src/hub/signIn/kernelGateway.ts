// Detection of Jupyter Kernel Gateway and its kin: they serve kernels to programs, and describe themselves otherwise than a Jupyter
// server.
import * as v from "valibot";
import { ProductError } from "../../base/errors";
import { jsonIn } from "../../base/json";
import type { ServerSettings } from "../../transport/settings";
import { request } from "../api/request";

const description = v.looseObject({ info: v.looseObject({ title: v.string() }) });
const anyStatus = Array.from({ length: 400 }, (_, index) => 200 + index);
const timeout = 15_000;

/**
 * Asks what is at an address that answers as a Jupyter server does, or says nothing without a token.
 * @param closed the status with which it refuses to tell its version
 * @throws ProductError `not-a-hub`, naming what it is, where no notebook can be had from it
 */
export async function refuseGateway(settings: ServerSettings, closed: number | undefined, signal: AbortSignal | undefined): Promise<void> {
  const answer = await request(settings, "api/swagger.json", { anonymous: true, signal, timeout, allow: anyStatus });
  const told = v.safeParse(description, jsonIn(answer.text), { abortEarly: true });
  const where = settings.baseUrl.host;
  const instead = "Use the address of a JupyterHub, or of a Jupyter server (as jupyter lab and jupyter server start it).";
  if (answer.status === 200 && told.success && /jupyter.*gateway/i.test(told.output.info.title)) {
    const name = told.output.info.title.replace(/ API$/, "").slice(0, 80);
    throw new ProductError(
      "not-a-hub",
      `${where} is a ${name}, not a JupyterHub: it runs kernels for programs, and has no files, sessions or users for notebooks. ${instead}`,
    );
  }
  if (closed === undefined) return;
  const text = `${where} answers like a Jupyter Kernel Gateway or a closed Jupyter server: it tells nothing without a token (HTTP status ${closed}), so it cannot be used from here. ${instead}`;
  throw new ProductError("not-a-hub", text);
}
