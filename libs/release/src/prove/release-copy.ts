import { constants } from "node:fs";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { layout } from "../layout.ts";

/** A release somewhere else, which goes when it is disposed of, with all that its nodes wrote. */
export interface ReleaseCopy extends AsyncDisposable {
  /** The copy's folder. There is a space in its path. */
  readonly root: string;
  /** Empty, and nobody else's: for what a proof wants to keep beside the release. */
  readonly directory: string;
}

/** Copies the release in `folder` to a temporary directory, without what its nodes have stored. */
export async function copyRelease(folder: string, name: string): Promise<ReleaseCopy> {
  const home = await mkdtemp(join(tmpdir(), "release proof-"));
  const remove = (): Promise<void> => rm(home, { recursive: true, force: true, maxRetries: 3 });
  const root = join(home, name);
  const directory = join(home, "own");
  const left = new Set<string>([layout.data, layout.temporary]);
  try {
    await mkdir(directory, { mode: 0o700 });
    await cp(folder, root, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (source) => !left.has(relative(folder, source).split(sep)[0] ?? ""),
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return { root, directory, [Symbol.asyncDispose]: remove };
}
