import type { Random } from "../../harness/random.ts";
import type { RunningLoad } from "../load.ts";
import { readCells } from "../read-back.ts";
import type { Scene, Stage } from "../scene.ts";
import type { NodeVictim } from "../victim-home.ts";
import type { Violation } from "../writer-history.ts";
import { exportText } from "./export-text.ts";
import { type Batch, judgeBatch } from "./judge-batch.ts";
import { SCENE_LIMIT, untilKilled } from "./until-killed.ts";

const KEYS = 20;
/** Batches that are looked at after each kill. */
const LATEST = 6;
/** What expires sooner is not dropped: it might be gone by then. */
const DROP_MARGIN_MS = 60_000;
/** Times to live: some are over before the next look, some last for the whole run. */
const LIVES_MS = [50, 300, 1_000, 3_000, 3_600_000];

/**
 * One client after the other's heart: buckets come, with keys that expire or expire as a whole, and are dropped. What has
 * expired is not served after any start, nor is what was dropped.
 */
export class Upkeep {
  readonly #batches: Batch[] = [];
  #count = 0;

  /** The kill comes while a bucket is coming or going. */
  scene(random: Random): Scene<NodeVictim> {
    const begin = random.integer(1, 300);
    const steps = random.integer(1, 8);
    const turns = random.integer(0, 40);
    let hasLanded = false;
    return {
      kind: "upkeep",
      killAfter: SCENE_LIMIT,
      hasLanded: () => hasLanded,
      play: async (stage) => {
        await stage.reached(begin);
        await this.#takeSteps(stage, random, steps - 1);
        if (stage.struck.aborted) return;
        const strike = strikeAfterTurns(stage, turns);
        hasLanded = (await this.#takeStep(stage, random)) === "broken-off";
        await strike;
      },
    };
  }

  /** The same, beside whatever else is going on, until the kill that comes for that. */
  async playBeside(stage: Stage<NodeVictim>, random: Random): Promise<void> {
    await stage.reached(random.integer(1, 300));
    await this.#takeSteps(stage, random, random.integer(1, 20));
  }

  /** Looks at all batches that the latest cycles touched. What was broken off may have gone either way. */
  async judge({ port }: NodeVictim): Promise<readonly Violation[]> {
    const violations: Violation[] = [];
    for (const batch of this.#batches) {
      const beforeMs = Date.now();
      const keys = batch.keys.map(({ key }) => key);
      const found = await readCells(port, [{ bucket: batch.bucket, keys }]);
      violations.push(...judgeBatch(batch, found, { beforeMs, afterMs: Date.now() }));
      if (batch.state === "coming") batch.state = "going";
      if (batch.state === "going" && found.get(batch.bucket) === undefined) batch.state = "gone";
    }
    this.#batches.splice(0, Math.max(0, this.#batches.length - LATEST));
    return violations;
  }

  async #takeSteps(stage: Stage<NodeVictim>, random: Random, count: number): Promise<void> {
    for (let step = 0; step < count && !stage.ending.aborted; step++) {
      await this.#takeStep(stage, random);
    }
  }

  async #takeStep(stage: Stage<NodeVictim>, random: Random): Promise<"done" | "broken-off"> {
    const { control } = stage.node;
    const there = this.#batches.filter(
      ({ state, expiresAtMs = Number.POSITIVE_INFINITY }) =>
        state === "there" && expiresAtMs > Date.now() + DROP_MARGIN_MS,
    );
    if (there.length > 2 || (there.length > 0 && random.chance(40))) {
      const batch = random.pick(there);
      batch.state = "going";
      const words = [batch.bucket];
      const work = await untilKilled(stage, () => control.call("drop", { words }));
      if (work.type === "done") batch.state = "gone";
      return work.type;
    }
    const batch = this.#draw(random);
    this.#batches.push(batch);
    const input = [Buffer.from(exportText(batch))];
    const call = { words: ["-"], input: piecesOf(input) };
    const work = await untilKilled(stage, () => control.call("import", call));
    if (work.type === "done") batch.state = "there";
    return work.type;
  }

  #draw(random: Random): Batch {
    this.#count += 1;
    const nowMs = Date.now();
    const bucket = `upkeep-${this.#count}`;
    const lives = (): number | undefined =>
      random.chance(50) ? nowMs + random.pick(LIVES_MS) : undefined;
    const keys = Array.from({ length: KEYS }, (_, index) => {
      const label = `${bucket}.k${index}.${random.integer(0, 4_000)}`;
      return { key: `k${index}`, label, expiresAtMs: lives() };
    });
    const expiresAtMs = random.chance(30) ? lives() : undefined;
    return { bucket, keys, expiresAtMs, state: "coming" };
  }
}

async function* piecesOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function strikeAfterTurns({ strike }: Pick<RunningLoad, "strike">, turns: number) {
  for (let turn = 0; turn < turns; turn++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
  strike();
}
