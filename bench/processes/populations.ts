import { constants } from "node:fs";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { showCount } from "../report/units.ts";
import type { EngineCalls } from "../engine/worker.ts";
import type { Progress } from "./progress.ts";
import { WorkerProcess } from "./worker-process.ts";
import { killChild, type Workplace } from "./workplace.ts";

/** Where the program of a process with a store lies. */
export const engineModule: string = fileURLToPath(new URL("../engine/worker.ts", import.meta.url));

/** Stores of given sizes, each filled once and copied for whoever needs one. */
export class Populations {
  readonly #workplace: Workplace;
  readonly #progress: Progress;
  readonly #filled = new Map<number, Promise<string>>();

  constructor(workplace: Workplace, progress: Progress) {
    this.#workplace = workplace;
    this.#progress = progress;
  }

  /**
   * The directory of a store that holds `keys` keys: to be opened and closed, and left with the same keys and values.
   * Rejects with a `ProcessEndedError` when there was no way to fill it.
   */
  original(keys: number): Promise<string> {
    const filling = this.#filled.get(keys) ?? this.#fill(keys);
    this.#filled.set(keys, filling);
    return filling;
  }

  /** The directory of a store that holds `keys` keys and was closed in order; it is the caller's to change. Rejects
   * with a `ProcessEndedError` when there was no way to fill it. */
  async copy(keys: number, directory = this.#workplace.newPath("store")): Promise<string> {
    const filled = await this.original(keys);
    this.#progress.tell(`copying ${showCount(keys)} keys`);
    // Where the file system can, the copy shares its blocks with the original.
    await cp(filled, directory, { recursive: true, mode: constants.COPYFILE_FICLONE });
    return directory;
  }

  async #fill(keys: number): Promise<string> {
    const directory = this.#workplace.newPath("population");
    const worker = new WorkerProcess<EngineCalls>(engineModule);
    this.#workplace.adopt(worker.child);
    await worker.call("open", { directory, sync: "never" });
    const what = `filling a store with ${showCount(keys)} keys`;
    await worker.call("fill", keys, (share) => this.#progress.tellShare(what, share));
    await worker.call("close", undefined);
    await killChild(worker.child);
    return directory;
  }
}
