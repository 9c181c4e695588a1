import { join } from "node:path";
import type { Random } from "../harness/random.ts";
import { writesAlone } from "./kill-nine.ts";
import type { Scene } from "./scene.ts";
import { Backups } from "./scenes/backups.ts";
import { compactScene } from "./scenes/compact.ts";
import { compactionScene } from "./scenes/compaction.ts";
import { Imports } from "./scenes/imports.ts";
import { snapshotAtStopScene, snapshotScene } from "./scenes/snapshot.ts";
import { Upkeep } from "./scenes/upkeep.ts";
import type { NodeVictim, VictimHome } from "./victim-home.ts";

/** What a cycle may be about, and how often it is in a hundred cycles. */
const SHARES = {
  writes: 42,
  compact: 14,
  compaction: 6,
  snapshot: 4,
  "snapshot-at-stop": 6,
  backup: 10,
  import: 9,
  upkeep: 9,
} as const;

/** What a cycle may be about. */
export type SceneName = keyof typeof SHARES;

/** All of them. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of this very record
export const sceneNames = Object.keys(SHARES) as readonly SceneName[];

/** Compaction that is always killed never comes far: a larger log than this is compacted without a kill. */
const LARGE_LOG_BYTES = 40 * 2 ** 20;

/** Deals scenes for the nodes of one home: in each hundred all of them, in an order that is drawn. */
export class SceneDeck {
  readonly #names: readonly SceneName[];
  readonly #backups: Backups;
  readonly #imports: Imports;
  readonly #upkeep = new Upkeep();
  #cards: SceneName[] = [];

  /** @param names Those to be played; all by default. */
  constructor({ scratchDirectory }: VictimHome, names = sceneNames) {
    this.#names = names;
    this.#backups = new Backups(join(scratchDirectory, "backups"));
    this.#imports = new Imports(join(scratchDirectory, "imports"));
  }

  /** The next one. Beside most of them buckets come and go. */
  next(random: Random): Scene<NodeVictim> {
    const scene = this.#draw(random);
    const judge = async (node: NodeVictim) => {
      const found = [...((await scene.judge?.(node)) ?? []), ...(await this.#upkeep.judge(node))];
      await compactLarge(node);
      return found;
    };
    if (scene.kind === "upkeep" || !random.chance(30)) return { ...scene, judge };
    const upkeep = random.fork();
    return {
      ...scene,
      judge,
      play: async (stage) => {
        await Promise.all([scene.play?.(stage), this.#upkeep.playBeside(stage, upkeep)]);
      },
    };
  }

  #draw(random: Random): Scene<NodeVictim> {
    switch (this.#drawName(random)) {
      case "writes":
        return writesAlone(random);
      case "compact":
        return compactScene(random);
      case "compaction":
        return compactionScene(random);
      case "snapshot":
        return snapshotScene(random);
      case "snapshot-at-stop":
        return snapshotAtStopScene(random);
      case "backup":
        return this.#backups.scene(random);
      case "import":
        return this.#imports.scene(random);
      case "upkeep":
        return this.#upkeep.scene(random);
      default:
        throw new Error("No such scene");
    }
  }

  #drawName(random: Random): SceneName {
    if (this.#cards.length === 0) {
      this.#cards = this.#names.flatMap((name) => Array.from({ length: SHARES[name] }, () => name));
    }
    const [name] = this.#cards.splice(random.integer(0, this.#cards.length - 1), 1);
    if (name === undefined) throw new RangeError("Cannot deal: there are no scenes");
    return name;
  }
}

async function compactLarge({ control }: NodeVictim): Promise<void> {
  const { logBytes } = await control.storeFigures();
  if (logBytes > LARGE_LOG_BYTES) await control.call("compact");
}
