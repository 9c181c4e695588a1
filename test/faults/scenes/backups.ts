import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../harness/random.ts";
import { watchDirectory } from "../../harness/watch-directory.ts";
import type { Scene, Stage } from "../scene.ts";
import type { NodeVictim } from "../victim-home.ts";
import type { Writer } from "../writer.ts";
import type { Violation, WriterHistory } from "../writer-history.ts";
import { judgeCopy } from "./judge-copy.ts";
import { Countdown, SCENE_LIMIT, untilKilled } from "./until-killed.ts";

/** A whole backup takes its time: the writers go on with its steps, and not for ever. */
const ALLOWED_PER_SIGN = 150;
const ALLOWED_SIGNS = 20;

/** What a writer was told when a backup began, and what it has sent since. */
export type Witness = readonly [writer: Writer, history: WriterHistory];

/**
 * Kills that come while `backup` runs. Under its final name there is a whole backup or nothing; what is left under the
 * name of an unfinished one is in nobody's way.
 */
export class Backups {
  readonly #folder: string;
  #count = 0;
  /** The directory of one that was broken off: it is tried again, sooner or later. */
  #brokenOff: string | undefined;

  /** @param folder Made when it is needed; for backups alone. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The kill comes with a change of the unfinished backup's files, or once the backup is done. */
  scene(random: Random): Scene<NodeVictim> {
    const begin = random.integer(1, 600);
    const signs = random.chance(15) ? Number.POSITIVE_INFINITY : random.integer(1, 24);
    const isRepeatedAtOnce = random.chance(40);
    const directory = this.#brokenOff ?? join(this.#folder, `backup-${++this.#count}`);
    const unfinished = `${directory}.partial`;
    this.#brokenOff = undefined;
    let witnesses: readonly Witness[] = [];
    let hasBegun = false;
    return {
      kind: "backup",
      killAfter: SCENE_LIMIT,
      hasLanded: () => hasBegun && existsSync(unfinished),
      play: async (stage) => {
        await mkdir(this.#folder, { recursive: true });
        await stage.reached(begin);
        if (stage.struck.aborted) return;
        witnesses = witnessesOf(stage.writers);
        const countdown = new Countdown(signs, stage);
        stage.allow(ALLOWED_PER_SIGN);
        using _ = watchUnfinished(unfinished, () => {
          hasBegun = true;
          countdown.sign();
          stage.allow(countdown.seen > ALLOWED_SIGNS ? 0 : ALLOWED_PER_SIGN);
        });
        await untilKilled(stage, () => backUp(stage.node, directory));
        stage.strike();
      },
      judge: async (node) => {
        if (existsSync(directory)) return takeAndJudge(directory, witnesses);
        if (!hasBegun) return [];
        if (!isRepeatedAtOnce) {
          this.#brokenOff = directory;
          return [];
        }
        const writers = witnesses.map(([writer]) => writer);
        const now = witnessesOf(writers);
        await backUp(node, directory);
        return takeAndJudge(directory, now);
      },
    };
  }
}

function backUp(node: NodeVictim, directory: string): Promise<unknown> {
  return node.control.call("backup", { words: [directory], parameters: { directory } });
}

function witnessesOf(writers: Stage<NodeVictim>["writers"]): readonly Witness[] {
  return writers.map((writer) => [writer, writer.history.copiedNow()]);
}

/** Watches the folder's own files once it is there, and until then for it. */
function watchUnfinished(folder: string, onChange: () => void): Disposable {
  const watches = new DisposableStack();
  let isInside = false;
  watches.use(
    watchDirectory(join(folder, ".."), (name) => {
      if (!folder.endsWith(`/${name}`) || !existsSync(folder)) return;
      onChange();
      if (isInside) return;
      isInside = true;
      watches.use(watchDirectory(folder, onChange));
    }),
  );
  if (existsSync(folder)) {
    isInside = true;
    watches.use(watchDirectory(folder, onChange));
  }
  return watches;
}

async function takeAndJudge(
  directory: string,
  witnesses: readonly Witness[],
): Promise<readonly Violation[]> {
  try {
    return await judgeCopy(directory, witnesses);
  } finally {
    await rm(directory, { recursive: true });
  }
}
