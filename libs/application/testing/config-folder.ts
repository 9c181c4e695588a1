import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with files of a test, removed at its end. */
export interface ConfigFolder extends AsyncDisposable {
  readonly path: string;
}

/** Writes `files`, by name, into a new folder. */
export async function openConfigFolder(
  files: Readonly<Record<string, string>>,
): Promise<ConfigFolder> {
  const path = await mkdtemp(join(tmpdir(), "kv-config-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
