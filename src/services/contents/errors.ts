// Refusals of the contents API: as a sentence for people, as a reason for code.
import { HttpError, type ErrorCode } from "../../base/errors";
import { reasonIn } from "../../transport/httpErrors";
import type { ServerSettings } from "../../transport/settings";

/**
 * Why the server refused.
 *
 * - `missing`: there is no such file or directory, or none that it would lie in
 * - `exists`: the new name is taken
 * - `not-empty`: a directory that is not empty is not deleted
 * - `wrong-type`: a file where a directory was asked for, or the other way round
 * - `not-text`: the file is no UTF-8 text
 * - `hidden`: the server does not touch hidden files
 * - `read-only`: the file system does not let the server do it
 * - `too-large`: more than the hub takes in one request
 */
export type ContentsReason = "missing" | "exists" | "not-empty" | "wrong-type" | "not-text" | "hidden" | "read-only" | "too-large";

/** A refusal of the contents API whose reason is known. */
export class ContentsError extends HttpError {
  constructor(
    code: ErrorCode,
    readonly reason: ContentsReason,
    message: string,
    cause: HttpError,
  ) {
    super(code, message, cause.status, cause.body, { cause });
    this.name = "ContentsError";
  }
}

/**
 * Waits for `answer`; where the contents API refused `path`, its error says so in words.
 * @throws ContentsError, or what `answer` rejects with where the reason is not known.
 */
export async function withContentsErrors<T>(settings: ServerSettings, path: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    const [code, text] = explanations[reason];
    throw new ContentsError(code, reason, text(name(path), settings.label), error);
  }
}

function reasonOf({ status, code, body }: HttpError): ContentsReason | undefined {
  const said = reasonIn(body);
  switch (status) {
    case 404:
      return "missing";
    case 409:
      return "exists";
    case 413:
      return "too-large";
    case 403:
      // Also what a hub says to a bad token, but in other words.
      return /permission denied/i.test(said) ? "read-only" : undefined;
    case 400:
      if (/"reason":\s*"bad format"/.test(body) || /is not UTF-8/i.test(said)) return "not-text";
      if (/"reason":\s*"bad type"/.test(body) || /not a directory|is a directory/i.test(said)) return "wrong-type";
      if (/not empty/i.test(said)) return "not-empty";
      if (/already exists/i.test(said)) return "exists";
      return /^Cannot (create|rename|delete|copy) (hidden |file or )?directory/.test(said) ? "hidden" : undefined;
    default:
      // A file in a directory that is not there is an unexpected error to the server.
      return code === "server-error" && /No such file or directory/.test(said) ? "missing" : undefined;
  }
}

type Explanation = readonly [ErrorCode, (name: string, label: string) => string];

const explanations: Readonly<Record<ContentsReason, Explanation>> = {
  missing: ["not-found", (name, label) => `${name} is not there on ${label}. It may have been moved or deleted: refresh the list.`],
  exists: [
    "conflict",
    (name, label) => `There is something of that name already on ${label}: ${name} was left as it is. Choose another name.`,
  ],
  "not-empty": ["conflict", (name, label) => `${label} does not delete ${name}, which is not empty. Delete what is in it first.`],
  "wrong-type": [
    "conflict",
    (name, label) => `${name} is of another kind on ${label}: a file instead of a directory, or the other way round. Refresh the list.`,
  ],
  "not-text": ["conflict", (name) => `${name} is no text in UTF-8. Open it as binary data.`],
  hidden: [
    "forbidden",
    (name, label) => `${label} does not let clients touch hidden files, and ${name} is one, or a name that it refuses.`,
  ],
  "read-only": ["forbidden", (name, label) => `You are not allowed to do this with ${name} on ${label}: permission denied.`],
  "too-large": [
    "too-large",
    (name, label) => `${name} is larger than ${label} takes in one request. Clear large outputs, or upload it another way.`,
  ],
};

function name(path: string): string {
  return path === "" ? "The server's root directory" : `“${path}”`;
}
