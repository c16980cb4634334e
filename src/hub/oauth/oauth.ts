// The OAuth 2 code flow of a hub that has registered this extension as a client, with PKCE and state.
// https://jupyterhub.readthedocs.io/en/stable/howto/configuring-oauth.html, RFC 6749, RFC 7636
import * as oauth from "oauth4webapi";
import { abortable, throwIfAborted } from "../../base/async";
import { ProductError } from "../../base/errors";
import type { ServerSettings } from "../../transport/settings";
import { request } from "../api/request";

/** The client as the hub's administrator has registered it, and how its page leads back to us. */
export interface OAuthFlow {
  readonly clientId: string;
  /** A secret, though one that many people share. */
  readonly clientSecret: string | undefined;
  /** As registered, to the letter. */
  readonly redirectUri: string;
  /**
   * Shows `page` to the user in a browser.
   * @param state marks the answer that belongs to it
   * @returns the address, with its query, that the hub's page led back to; undefined where the user cancelled
   */
  visit(page: URL, state: string): Promise<URL | undefined>;
  /** Called with the outcome once the code was exchanged, or was not, for a page that the user is shown meanwhile. */
  ended?(end: FlowEnd): void;
}

/** `refused`: the hub's page led back without a code; `failed`: anything else that gave no token. */
export type FlowEnd = "signed-in" | "refused" | "failed";

/** Statuses with which the hub says why it gives no token. */
const refusals = [400, 401, 403];

/**
 * Has the user sign in on the hub's page.
 * @returns an access token of the hub; revoke it when one of our own is minted
 * @throws ProductError `aborted`, `forbidden` with what the hub says, or why it could not be asked
 */
export async function oauthToken(settings: ServerSettings, flow: OAuthFlow, signal: AbortSignal | undefined): Promise<string> {
  const { baseUrl, label } = settings;
  const server: oauth.AuthorizationServer = {
    issuer: baseUrl.href,
    // Only a name: `exchangeOver` sends to the hub as it was found, on loopback without TLS too.
    token_endpoint: "https://hub/api/oauth2/token",
  };
  const client: oauth.Client = { client_id: flow.clientId };
  const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()];
  const page = new URL("hub/api/oauth2/authorize", baseUrl);
  const query = {
    response_type: "code",
    client_id: flow.clientId,
    redirect_uri: flow.redirectUri,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(query)) page.searchParams.set(name, value);

  const back = await abortable(flow.visit(page, state), signal);
  throwIfAborted(signal);
  if (back === undefined) throw new ProductError("aborted", "Signing in was cancelled.");
  try {
    const callback = oauth.validateAuthResponse(server, client, back.searchParams, state);
    const secret = flow.clientSecret === undefined ? oauth.None() : oauth.ClientSecretPost(flow.clientSecret);
    const answer = await oauth.authorizationCodeGrantRequest(server, client, secret, callback, flow.redirectUri, verifier, {
      [oauth.customFetch]: exchangeOver(settings),
      ...(signal && { signal }),
    });
    const { access_token: token } = await oauth.processAuthorizationCodeResponse(server, client, answer);
    flow.ended?.("signed-in");
    return token;
  } catch (cause) {
    flow.ended?.(cause instanceof oauth.AuthorizationResponseError ? "refused" : "failed");
    throwIfAborted(signal);
    if (cause instanceof ProductError) throw cause;
    throw new ProductError(
      "forbidden",
      `${label} did not sign you in: ${reasonOf(cause)}. Try again; if it stays so, ask the hub's administrator about its OAuth client “${flow.clientId}”, or sign in with a token.`,
    );
  }
}

/** The exchange goes as all other requests do: same agent, certificates, proxies, errors. */
function exchangeOver(
  settings: ServerSettings,
): (url: string, options: oauth.CustomFetchOptions<"POST", URLSearchParams>) => Promise<Response> {
  return async (_, { body, signal }) => {
    const form = Object.fromEntries(body);
    const answer = await request(settings, "hub/api/oauth2/token", { method: "POST", form, anonymous: true, allow: refusals, signal });
    return new Response(answer.text, { status: answer.status, headers: { "Content-Type": answer.headers.get("content-type") ?? "" } });
  };
}

/** The error's text without code, verifier or token, which the error itself may hold. */
function reasonOf(error: unknown): string {
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    return error.error_description ?? error.error;
  }
  if (error instanceof oauth.OperationProcessingError) return "its answer does not belong to this sign-in";
  return "it could not be asked";
}
