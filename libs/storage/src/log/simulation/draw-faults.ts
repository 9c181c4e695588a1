import type { DiskCall, Fault, Faults } from "../testing/simulated-disk.ts";
import type { Dice } from "./dice.ts";

/** Something that goes wrong with a disk, and its name in the list of steps. */
export interface Trouble {
  readonly name: string;
  readonly faults: Faults;
}

const KINDS = { once: 6, sync: 3, full: 6, "short-writes": 2, "short-reads": 2, reads: 4, dead: 1 };

const TYPES: readonly DiskCall["type"][] = [
  "read",
  "write",
  "sync",
  "open",
  "open-for-reading",
  "truncate",
  "rename",
  "remove",
  "sync-directory",
];

const READS: ReadonlySet<DiskCall["type"]> = new Set(["read", "open-for-reading"]);

/** Draws what goes wrong from now on. */
export function drawTrouble(dice: Dice): Trouble {
  const kind = dice.weigh(KINDS);
  switch (kind) {
    case "once":
      return failOnce(dice, dice.pick(TYPES));
    case "sync":
      return failOnce(dice, "sync");
    case "full":
      return fillUp(dice);
    case "short-writes":
      return { name: kind, faults: shorten(dice, "write") };
    case "short-reads":
      return { name: kind, faults: shorten(dice, "read") };
    case "reads":
      return { name: "half of the reads fail", faults: failReads(dice) };
    case "dead":
      return { name: "the disk is dead", faults: () => ({ type: "error", code: "EIO" }) };
    default:
      throw new Error("No such trouble");
  }
}

function failOnce(dice: Dice, type: DiskCall["type"]): Trouble {
  const code = dice.pick(["EIO", "ENOSPC"] as const);
  const after = dice.below(4);
  let calls = 0;
  const faults: Faults = (call) => {
    if (call.type !== type) return undefined;
    return calls++ === after ? { type: "error", code } : undefined;
  };
  return { name: `${code} at ${type} ${after} from now`, faults };
}

/** So many bytes more, then none: the last write is cut short, as a full disk does. */
function fillUp(dice: Dice): Trouble {
  let leftBytes = dice.pick([0, 10, 50, 100, 300]);
  const name = `full after ${leftBytes} bytes`;
  const cutsShort = dice.chance(50);
  const faults: Faults = ({ type }): Fault | undefined => {
    if (type !== "write" && type !== "open") return undefined;
    if (type === "open") return leftBytes > 0 ? undefined : { type: "error", code: "ENOSPC" };
    const bytes = Math.min(leftBytes, 40);
    leftBytes -= bytes;
    return bytes > 0 || cutsShort ? { type: "short", bytes } : { type: "error", code: "ENOSPC" };
  };
  return { name, faults };
}

function shorten(dice: Dice, type: DiskCall["type"]): Faults {
  return (call) => (call.type === type ? { type: "short", bytes: dice.between(1, 20) } : undefined);
}

function failReads(dice: Dice): Faults {
  return ({ type }) =>
    READS.has(type) && dice.chance(50) ? { type: "error", code: "EIO" } : undefined;
}
