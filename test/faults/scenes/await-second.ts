import type { StoreFigures } from "../../harness/control-client.ts";
import type { Stage } from "../scene.ts";
import type { NodeVictim } from "../victim-home.ts";
import { untilKilled } from "./until-killed.ts";

const STEP_ACKNOWLEDGEMENTS = 500;

/** What the engine does of its own accord when it is due, which it finds out once a second. */
export interface OwnAccord {
  /** By what `status` says. */
  readonly isDue: (figures: StoreFigures) => boolean;
  /** Resolves when it has begun, or the node is gone. */
  readonly begun: Promise<void>;
}

/**
 * Lets the writers write until the engine has something to do; then they wait until it has begun to, so that the machine
 * has something left for others meanwhile, and go on beside it.
 */
export async function awaitSecond(
  stage: Stage<NodeVictim>,
  { isDue, begun }: OwnAccord,
): Promise<void> {
  for (let at = STEP_ACKNOWLEDGEMENTS; !stage.ending.aborted; at += STEP_ACKNOWLEDGEMENTS) {
    await stage.reached(at);
    const asked = await untilKilled(stage, () => stage.node.control.storeFigures());
    if (asked.type === "done" && isDue(asked.value)) break;
  }
  stage.allow(0);
  await begun;
  stage.allow(Number.POSITIVE_INFINITY);
}
