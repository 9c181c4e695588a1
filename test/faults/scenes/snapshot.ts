import { existsSync } from "node:fs";
import { join } from "node:path";
import type { StoreFigures } from "../../harness/control-client.ts";
import type { Random } from "../../harness/random.ts";
import { watchDirectory } from "../../harness/watch-directory.ts";
import type { Scene, Stage } from "../scene.ts";
import type { NodeVictim } from "../victim-home.ts";
import { awaitSecond } from "./await-second.ts";
import { Countdown, SCENE_LIMIT } from "./until-killed.ts";

const UNFINISHED = "SNAPSHOT.new";

/** The kill comes while a snapshot of the index is being written beside the traffic. */
export function snapshotScene(random: Random): Scene<NodeVictim> {
  return killInSnapshot("snapshot", random, (stage, begun) =>
    awaitSecond(stage, { isDue: hasMuchBehind, begun }),
  );
}

/** The kill comes while a node that was asked to stop writes its last snapshot. */
export function snapshotAtStopScene(random: Random): Scene<NodeVictim> {
  const stopAfter = random.integer(1_000, 2_000);
  return killInSnapshot("snapshot-at-stop", random, async (stage) => {
    await stage.reached(stopAfter);
    if (stage.ending.aborted) return;
    stage.release();
    stage.node.stop();
  });
}

/** The rule of the engine, with something to spare. */
function hasMuchBehind({ keys, recordsBehindSnapshot }: StoreFigures): boolean {
  return recordsBehindSnapshot > 1.2 * Math.max(1_000, keys / 2);
}

/** The kill comes with the n-th change of the unfinished snapshot, once `bringAbout` has seen to it that there is one. */
function killInSnapshot(
  kind: string,
  random: Random,
  bringAbout: (stage: Stage<NodeVictim>, begun: Promise<void>) => Promise<void>,
): Scene<NodeVictim> {
  const signs = random.integer(1, 4);
  let unfinished = "";
  let seen = 0;
  return {
    kind,
    killAfter: SCENE_LIMIT,
    // A draft that an earlier kill has left is there until it is written over.
    hasLanded: () => seen > 0 && existsSync(unfinished),
    async play(stage) {
      const { storeDirectory, exited } = stage.node;
      unfinished = join(storeDirectory, UNFINISHED);
      const countdown = new Countdown(signs, stage);
      const begun = Promise.withResolvers<void>();
      stage.ending.addEventListener("abort", () => begun.resolve());
      using _ = watchDirectory(storeDirectory, (name) => {
        if (name !== UNFINISHED) return;
        countdown.sign();
        seen = countdown.seen;
        begun.resolve();
      });
      await bringAbout(stage, begun.promise);
      await exited;
    },
  };
}
