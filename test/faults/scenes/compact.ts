import type { Random } from "../../harness/random.ts";
import { watchDirectory } from "../../harness/watch-directory.ts";
import type { Scene } from "../scene.ts";
import type { NodeVictim } from "../victim-home.ts";
import { Countdown, SCENE_LIMIT, untilKilled } from "./until-killed.ts";

/** Acknowledgements between two commands, should the first be done before the kill. */
const PAUSE_ACKNOWLEDGEMENTS = 300;

/** The kill comes while an operator's `compact` runs: with a step of its progress, or a segment that is new or gone. */
export function compactScene(random: Random): Scene<NodeVictim> {
  const begin = random.integer(1, 400);
  const signs = random.integer(1, 8);
  let hasLanded = false;
  return {
    kind: "compact",
    killAfter: SCENE_LIMIT,
    hasLanded: () => hasLanded,
    async play(stage) {
      const { node, struck } = stage;
      for (let at = begin; !struck.aborted; at += PAUSE_ACKNOWLEDGEMENTS) {
        await stage.reached(at);
        if (struck.aborted) return;
        const countdown = new Countdown(signs, stage);
        using _ = watchDirectory(node.storeDirectory, (name, event) => {
          if (event === "rename" && name.endsWith(".log")) countdown.sign();
        });
        const onProgress = (): void => countdown.sign();
        const work = await untilKilled(stage, () => node.control.call("compact", { onProgress }));
        hasLanded = work.type === "broken-off" && countdown.seen > 0;
      }
    },
  };
}
