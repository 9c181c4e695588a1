import { open, readFile, rename, unlink } from "node:fs/promises";
import * as v from "valibot";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** The bucket that was read last: its name in base64, when it expires, and whether it goes with its last key. */
export const lastBucket = v.object({
  name: v.string(),
  expiresAtMs: v.optional(v.number()),
  lifetime: v.optional(v.literal("transient")),
});

const progress = v.object({
  type: v.literal("import-progress"),
  version: v.literal(1),
  node: v.string(),
  bytes: count,
  /** Of the file up to `bytes`. */
  crc32: count,
  lines: count,
  buckets: count,
  keys: count,
  skipped: count,
  removed: v.optional(count, 0),
  bucket: v.optional(lastBucket),
});

/** How far an import has come: all that stands before `bytes` is in the node's store, durably. */
export type ImportProgress = v.InferOutput<typeof progress>;

/** Where the progress of an import of `file` is kept. */
export function progressPath(file: string): string {
  return `${file}.progress`;
}

/** The progress kept for `file`; `undefined` when there is none, or none that can be read. */
export async function readProgress(file: string): Promise<ImportProgress | undefined> {
  let text: string;
  try {
    text = await readFile(progressPath(file), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  return parseProgress(text);
}

/** What a node or a file says of an import; `undefined` when it is none. */
export function parseProgress(text: string): ImportProgress | undefined {
  try {
    const parsed = v.safeParse(progress, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Replaces what is kept, in one step: a crash leaves the old or the new. */
export async function writeProgress(file: string, state: ImportProgress): Promise<void> {
  const draft = `${progressPath(file)}.new`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(state)}\n`);
  } finally {
    await handle.close();
  }
  await rename(draft, progressPath(file));
}

/** Forgets it: the import is done. */
export async function removeProgress(file: string): Promise<void> {
  await unlink(progressPath(file)).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  });
}
