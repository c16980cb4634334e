// Failing as it should.
import { ProductError, type ErrorCode } from "../../src/base/errors";

/** What `promise` rejects with; one of ours, else the test fails. */
export async function failure(promise: Promise<unknown>, code?: ErrorCode): Promise<ProductError> {
  const error: unknown = await promise.then(
    () => new Error("It did not fail"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProductError)) throw new Error("It failed otherwise", { cause: error });
  if (code !== undefined && error.code !== code) throw new Error(`It failed with ${error.code}, not ${code}`, { cause: error });
  return error;
}
