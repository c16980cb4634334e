// Files, notebooks and directories as the contents API models them.
// https://github.com/jupyter-server/jupyter_server/blob/main/jupyter_server/services/api/api.yaml, `Contents`
import * as v from "valibot";

/** ISO 8601, or null where the server gave none, or something that is no date. */
const time = v.pipe(
  v.nullish(v.string(), null),
  v.transform((text) => (text !== null && Number.isNaN(Date.parse(text)) ? null : text)),
);

const entry = {
  name: v.string(),
  /** Below the server's root, without a leading slash; the root itself is empty. */
  path: v.string(),
  /** `directory`, `file`, `notebook`, or what a contents manager of its own invented. */
  type: v.string(),
  writable: v.nullish(v.boolean(), true),
  created: time,
  last_modified: time,
  /** Bytes; null for directories, and where it is not given. */
  size: v.nullish(v.number(), null),
  mimetype: v.nullish(v.string(), null),
  /** `text`, `base64` or `json`; null without content. */
  format: v.nullish(v.string(), null),
  /** Hash of the content, if it was asked for and the server can (jupyter_server 2.11). */
  hash: v.nullish(v.string(), null),
  hash_algorithm: v.nullish(v.string(), null),
};

/** Anything, with its content unread; what was asked for without content has null. */
export const contentsModel = v.looseObject({ ...entry, content: v.nullish(v.unknown(), null) });

/** A file with its content as text, or as base64 with or without line breaks. */
export const fileModel = v.looseObject({
  ...entry,
  type: v.literal("file"),
  format: v.picklist(["text", "base64"]),
  content: v.string(),
});

const cell = v.looseObject({
  cell_type: v.string(),
  source: v.union([v.string(), v.array(v.string())]),
  metadata: v.nullish(v.record(v.string(), v.unknown()), {}),
});

/** nbformat 4, to which servers upgrade what is older; what is in a cell is for its reader to judge. */
export const notebookContent = v.looseObject({
  nbformat: v.number(),
  nbformat_minor: v.number(),
  metadata: v.nullish(v.record(v.string(), v.unknown()), {}),
  cells: v.array(cell),
});

/** A notebook with its content. `message` says what the server found invalid in it. */
export const notebookModel = v.looseObject({
  ...entry,
  type: v.literal("notebook"),
  format: v.literal("json"),
  content: notebookContent,
  message: v.nullish(v.string()),
});

/** A directory with its entries; each is validated by itself, so that a faulty one does not take the others with it. */
export const directoryModel = v.looseObject({ ...entry, type: v.literal("directory"), content: v.array(v.unknown()) });

/** api.yaml, `Checkpoints` */
export const checkpointModel = v.looseObject({ id: v.string(), last_modified: time });

export type ContentsModel = v.InferOutput<typeof contentsModel>;
export type FileModel = v.InferOutput<typeof fileModel>;
export type NotebookModel = v.InferOutput<typeof notebookModel>;
export type NotebookContent = v.InferOutput<typeof notebookContent>;
export type CheckpointModel = v.InferOutput<typeof checkpointModel>;

/** The body of a save; the server converts line ends and encodings of none of them. */
export type ContentsSave =
  | { readonly type: "file"; readonly format: "text" | "base64"; readonly content: string }
  | { readonly type: "notebook"; readonly format: "json"; readonly content: unknown }
  | { readonly type: "directory" };

/** The bytes of a file that was read in either format. */
export function fileBytes({ format, content }: Pick<FileModel, "format" | "content">): Uint8Array {
  return Buffer.from(content, format === "text" ? "utf8" : "base64");
}

/** Reads one entry of a directory; undefined where it is invalid. */
export function readEntry(value: unknown): ContentsModel | undefined {
  const result = v.safeParse(contentsModel, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}
