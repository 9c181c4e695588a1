import { recordEvents } from "../testing/record-events.ts";
import { rollDice } from "./dice.ts";
import { drawNames } from "./draw-call.ts";
import { endLife, takeLeave } from "./end-life.ts";
import { flipByte } from "./flip-byte.ts";
import { type Counts, count, type History } from "./life.ts";
import { live } from "./live.ts";
import { openLife } from "./open-life.ts";
import { SimulatedMachine } from "./simulated-machine.ts";
import { Timeline } from "./timeline.ts";

/** How long a history is. */
export interface HistoryOptions {
  /** Openings of the store; 4 at most by default. */
  readonly lives?: number | undefined;
  /** Steps in each; 60 at most by default. */
  readonly steps?: number | undefined;
}

/** What came of a history that went well. */
export interface HistoryReport {
  readonly seed: number;
  readonly steps: readonly string[];
  /** How often which of the things happened that a simulation is for. */
  readonly counts: ReadonlyMap<string, number>;
}

/** A store did what it must not do. The message tells how to see it again. */
export class HistoryFailure extends Error {
  override readonly name = "HistoryFailure";

  constructor(seed: number, steps: readonly string[], cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const list = steps.map((step, index) => `${index + 1}. ${step}`).join("\n");
    super(`seed ${seed}: ${reason}\n${list}\nKV_TEST_SEED=${seed} replays it`, { cause });
  }
}

/**
 * Lets one store live several lives on a simulated machine, everything as `seed` has it, and compares
 * what it says and what is left of it with what the contract says. Throws a {@link HistoryFailure}.
 */
export async function runHistory(
  seed: number,
  { lives = 4, steps = 60 }: HistoryOptions = {},
): Promise<HistoryReport> {
  const dice = rollDice(seed);
  const told: string[] = [];
  const counts: Counts = new Map();
  using recorded = recordEvents();
  const history: History = {
    dice,
    names: drawNames(dice),
    timeline: new Timeline(),
    clock: { nowMs: 1_000_000 },
    note: (step) => void told.push(step),
    counts,
    events: recorded.events,
  };
  const stray: unknown[] = [];
  const listen = (error: unknown): void => void stray.push(error);
  process.on("unhandledRejection", listen);
  try {
    let machine = new SimulatedMachine();
    for (let number = dice.between(1, lives); number > 0; number--) {
      const life = await openLife(history, machine);
      await live(life, dice.between(0, steps));
      machine = await endLife(life);
      if (stray.length > 0) throw stray[0];
    }
    if (dice.chance(40)) await flipByte(history, machine);
    else await takeLeave(await openLife(history, machine, { isLast: true }));
    if (stray.length > 0) throw stray[0];
  } catch (error) {
    throw new HistoryFailure(seed, told, error);
  } finally {
    process.off("unhandledRejection", listen);
  }
  for (const { type } of recorded.events) count(counts, `event ${type}`);
  return { seed, steps: told, counts };
}
