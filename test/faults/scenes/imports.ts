import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../harness/random.ts";
import type { Scene } from "../scene.ts";
import type { NodeVictim } from "../victim-home.ts";
import type { Violation } from "../writer-history.ts";
import { exportText } from "./export-text.ts";
import { judgeKeys, type KeptKeys } from "./judge-keys.ts";
import { runImport } from "./run-import.ts";
import { Countdown, SCENE_LIMIT, untilKilled } from "./until-killed.ts";

/** Three times the node says how far it has come: twice after a thousand lines, and at the end. */
const KEYS = 2_200;
const LONGEST_VALUE_BYTES = 800;

/** An export made for a test: the file, and what has to be in the store once it was imported. */
interface ImportFile extends KeptKeys {
  readonly file: string;
}

/** Kills that come while `import` runs. Continued with `--resume` it ends complete, however often it is broken off. */
export class Imports {
  readonly #folder: string;
  #count = 0;
  #unfinished: ImportFile | undefined;
  /** The one that was finished last: it has to be there as a whole until it is dropped. */
  #finished: ImportFile | undefined;

  /** @param folder Made when it is needed; for the files of imports alone. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The kill comes before or after what the node has acknowledged is noted. */
  scene(random: Random): Scene<NodeVictim> {
    const begin = random.integer(1, 300);
    const signs = random.pick([1, 1, 2, 2, 3]);
    const signsFirst = random.chance(50);
    const isResumedAtOnce = random.chance(70);
    const seed = random.fork();
    let job: ImportFile | undefined;
    let hasLanded = false;
    return {
      kind: "import",
      killAfter: SCENE_LIMIT,
      hasLanded: () => hasLanded,
      play: async (stage) => {
        const resume = this.#unfinished !== undefined;
        job = this.#unfinished ?? (await this.#make(seed));
        this.#unfinished = job;
        const { file } = job;
        await stage.reached(begin);
        if (stage.struck.aborted) return;
        const countdown = new Countdown(signs, stage);
        const onNoted = async (note: () => Promise<void>): Promise<void> => {
          if (signsFirst) countdown.sign();
          await note();
          if (!signsFirst) countdown.sign();
        };
        const { control } = stage.node;
        const work = await untilKilled(stage, () => runImport(control, { file, resume, onNoted }));
        hasLanded = work.type === "broken-off" && countdown.seen > 0;
        stage.strike();
      },
      judge: async (node) => {
        if (job === undefined || !isResumedAtOnce) return [];
        return [...(await this.#finish(node, job)), ...(await this.#retire(node, job))];
      },
    };
  }

  async #make(random: Random): Promise<ImportFile> {
    await mkdir(this.#folder, { recursive: true });
    this.#count += 1;
    const bucket = `import-${this.#count}`;
    const keys = Array.from({ length: KEYS }, (_, index) => {
      const label = `${bucket}.k${index}.${random.integer(0, LONGEST_VALUE_BYTES)}`;
      const key = createHash("sha256").update(label).digest("hex");
      return { key, label };
    });
    const file = join(this.#folder, `${bucket}.ndjson`);
    await writeFile(file, exportText({ bucket, keys }));
    return { file, bucket, keys };
  }

  /** What the kill broke off goes on; one that was done by then is done once more, which changes nothing. */
  async #finish({ control, port }: NodeVictim, job: ImportFile): Promise<readonly Violation[]> {
    const imported = await runImport(control, { file: job.file, resume: true });
    this.#unfinished = undefined;
    await rm(job.file);
    const found = await judgeKeys({ control, port }, job);
    if (imported.keys === KEYS && imported.skipped === 0) return found;
    const message = `${job.file}: import --resume told of ${imported.keys} keys, ${KEYS} there are`;
    return [...found, { type: "wrong-reply", cell: job.bucket, message }];
  }

  /** The one before must still be there; then it goes, so that the store does not grow for ever. */
  async #retire(node: NodeVictim, next: ImportFile): Promise<readonly Violation[]> {
    const job = this.#finished;
    this.#finished = next;
    if (job === undefined) return [];
    const found = await judgeKeys(node, job);
    await node.control.call("drop", { words: [job.bucket] });
    return found;
  }
}
