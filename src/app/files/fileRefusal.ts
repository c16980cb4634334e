// FileRefusal: the reason why an operation on a server's file is refused here, where the server itself would have done something else.
import { ProductError, type ErrorCode } from "../../base/errors";

/**
 * - `missing`: there is no such file
 * - `exists`: there is something of that name, which is not to be replaced
 * - `is-directory`, `not-empty`: it is a directory, or one that is not empty
 * - `read-only`: the server may not write it
 * - `changed`: somebody else has changed it since it was read here
 */
export type RefusalReason = "missing" | "exists" | "is-directory" | "not-empty" | "read-only" | "changed";

const codes: Readonly<Record<RefusalReason, ErrorCode>> = {
  missing: "not-found",
  exists: "conflict",
  "is-directory": "conflict",
  "not-empty": "conflict",
  "read-only": "forbidden",
  changed: "conflict",
};

/** Nothing was done. */
export class FileRefusal extends ProductError {
  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(codes[reason], message);
    this.name = "FileRefusal";
  }
}
