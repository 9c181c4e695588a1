import { mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cannotRun } from "../cannot-run.ts";
import type { ReleasePlace } from "../release-place.ts";

/** Where a node without a terminal writes. */
export interface DaemonFiles {
  /** The log. */
  readonly log: string;
  /** What Node itself says when it dies, and what heart does. */
  readonly dying: string;
}

/** The variable that holds the path of the log, for a node that is to write one. */
export const LOG_VARIABLE = "RELEASE_LOG";

/** The files of a node. */
export function daemonFiles({ temporary, node }: ReleasePlace): DaemonFiles {
  const folder = join(temporary, "log");
  return { log: join(folder, `${node}.log`), dying: join(folder, `${node}.stderr.log`) };
}

/** Opens `file` to append to it, where there is room for that; made with mode 0600 in a folder with 0700. Throws `CANNOT_RUN`. */
export function openToAppend(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const trial = `${file}.${process.pid}`;
    try {
      // On a disk that is full a node could not even say why it does not start.
      writeFileSync(trial, "room for a line\n", { mode: 0o600 });
    } finally {
      rmSync(trial, { force: true });
    }
    return openSync(file, "a", 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw cannotRun(
      `The log cannot be written: ${reason}; set RELEASE_TMP to a folder that can`,
      error,
    );
  }
}
