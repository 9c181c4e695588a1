import { type CycleReport, KillNineFailure, runKillNine } from "./kill-nine.ts";
import { SceneDeck, type SceneName } from "./scene-deck.ts";
import { flawsOf } from "./scenes/judge-copy.ts";
import { openVictimHome, type Sync } from "./victim-home.ts";

/** How often, and in the midst of what. */
export interface TortureOptions {
  readonly seed: number;
  readonly cycles: number;
  /** All scenes by default. */
  readonly scenes?: readonly SceneName[] | undefined;
  readonly onCycle: (report: TortureReport) => void;
}

/** One cycle, and how the node that was killed synced its log. */
export interface TortureReport extends CycleReport {
  readonly sync: Sync;
}

/**
 * Kills a real node with -9 again and again, in the midst of all it does, and checks each time what it kept. In the end the
 * store is closed in order, and every byte of it is read. Rejects with a `KillNineFailure`.
 */
export async function tortureNode(options: TortureOptions): Promise<void> {
  const { seed, cycles, scenes, onCycle } = options;
  await using home = await openVictimHome();
  const deck = new SceneDeck(home, scenes);
  const syncs: Sync[] = [];
  await runKillNine({
    seed,
    cycles,
    async start(random) {
      const node = await home.start(random);
      syncs.push(node.sync);
      return node;
    },
    nextScene: (random) => deck.next(random),
    afterKill: (random) => home.disturb(random),
    onCycle: (report) => onCycle({ ...report, sync: syncs[report.cycle - 1] ?? "always" }),
  });
  await home.seal();
  const flaws = await flawsOf(home.storeDirectory);
  if (flaws.length > 0) throw new KillNineFailure(flaws, { seed, cycle: cycles, kind: "end" });
}
