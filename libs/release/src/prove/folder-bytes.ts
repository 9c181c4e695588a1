import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** What the files below `folder` hold together, in bytes: 0 when there is no such folder. Links count as themselves. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await entriesOf(folder)) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isDirectory()) bytes += (await lstat(path)).size;
  }
  return bytes;
}

async function entriesOf(folder: string): ReturnType<typeof readAll> {
  try {
    return await readAll(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function readAll(folder: string) {
  return readdir(folder, { recursive: true, withFileTypes: true });
}

/** `bytes` for a person: `152.3 MB`, in millions as disks are sold and downloads are counted. */
export function shownMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
