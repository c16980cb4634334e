// Refusals as VS Code's file system errors, with our words.
import * as vscode from "vscode";
import { FileRefusal, type RefusalReason } from "../../app/files/fileRefusal";
import { hasCode, messageOf } from "../../base/errors";
import { plain } from "../../base/plain";
import { ContentsError, type ContentsReason } from "../../services/contents/errors";

type Kind = (message: string) => vscode.FileSystemError;

const of = vscode.FileSystemError;
const refused: Kind = (message) => of.NoPermissions(message);
const failed: Kind = (message) => of.Unavailable(message);

const kinds: Readonly<Record<RefusalReason | ContentsReason, Kind>> = {
  missing: (message) => of.FileNotFound(message),
  exists: (message) => of.FileExists(message),
  "is-directory": (message) => of.FileIsADirectory(message),
  "wrong-type": (message) => of.FileNotADirectory(message),
  "read-only": refused,
  hidden: refused,
  "not-empty": failed,
  changed: failed,
  "not-text": failed,
  "too-large": failed,
};

/** `error` as VS Code takes it from a file system. */
export function fileSystemError(error: unknown): Error {
  if (error instanceof vscode.FileSystemError) return error;
  if (error instanceof FileRefusal || error instanceof ContentsError) return kinds[error.reason](error.message);
  return hasCode(error, "forbidden", "signed-out") ? refused(error.message) : failed(plain(messageOf(error)));
}

/** Whether a file system says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof vscode.FileSystemError && error.code === "FileNotFound";
}
