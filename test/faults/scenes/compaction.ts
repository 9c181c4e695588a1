import { existsSync } from "node:fs";
import { join } from "node:path";
import type { StoreFigures } from "../../harness/control-client.ts";
import type { Random } from "../../harness/random.ts";
import { watchDirectory } from "../../harness/watch-directory.ts";
import type { Scene } from "../scene.ts";
import type { NodeVictim } from "../victim-home.ts";
import { awaitSecond } from "./await-second.ts";
import { Countdown, SCENE_LIMIT, untilKilled } from "./until-killed.ts";

/** Above this compaction is due; the node is configured with somewhat less. */
const DUE_DEAD_SHARE = 0.3;

/**
 * The kill comes while the engine compacts of its own accord, beside writers that overwrite: at the moment when `status`
 * says so for the n-th time. It is asked whenever a file of the store comes or goes.
 */
export function compactionScene(random: Random): Scene<NodeVictim> {
  const signs = random.integer(1, 12);
  let hasLanded = false;
  return {
    kind: "compaction",
    killAfter: SCENE_LIMIT,
    hasLanded: () => hasLanded,
    async play(stage) {
      const { node, ending } = stage;
      const begun = Promise.withResolvers<void>();
      const over = Promise.withResolvers<void>();
      ending.addEventListener("abort", () => {
        begun.resolve();
        over.resolve();
      });
      const countdown = new Countdown(signs, {
        strike() {
          hasLanded = !ending.aborted;
          stage.strike();
        },
      });
      const ask = async (): Promise<void> => {
        const asked = await untilKilled(stage, () => node.control.storeFigures());
        if (asked.type === "done" && asked.value.isCompacting) countdown.sign();
      };
      let asking: Promise<void> | undefined;
      using _ = watchDirectory(node.storeDirectory, (name, event) => {
        if (event !== "rename" || ending.aborted) return;
        const isGone = name.endsWith(".log") && !existsSync(join(node.storeDirectory, name));
        if (isGone) begun.resolve();
        asking ??= ask().then(
          () => void (asking = undefined),
          (error: unknown) => over.reject(error),
        );
      });
      await awaitSecond(stage, { isDue: hasMuchDead, begun: begun.promise });
      await over.promise;
      await asking;
    },
  };
}

function hasMuchDead({ segments, deadBytes, logBytes }: StoreFigures): boolean {
  return segments > 3 && deadBytes / logBytes > DUE_DEAD_SHARE;
}
