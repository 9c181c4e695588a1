import { act } from "./act.ts";
import { drawCall, tellBytes, tellCall } from "./draw-call.ts";
import { drawTrouble } from "./draw-faults.ts";
import type { Pace, SimulatedMachine } from "./simulated-machine.ts";
import { count, letAllGo, type Life } from "./life.ts";
import { Listing } from "./listing.ts";
import { describe, lookAround, lookUp, weigh } from "./look.ts";
import { backUp, compact } from "./maintain.ts";

/** How often each kind of step is taken in a life. */
interface Temper {
  readonly pacePercent: number;
  readonly troublePercent: number;
}

const KINDS = {
  act: 42,
  get: 12,
  describe: 2,
  list: 5,
  weigh: 3,
  around: 1,
  "end-turn": 14,
  "end-pause": 10,
  second: 5,
  clock: 2,
  disk: 14,
  rest: 2,
  compact: 1,
  backup: 1,
  abort: 1,
};

const PACES: readonly Pace[] = ["late-start", "late-return"];

/** How far the clock goes on, or back. */
const STEPS_MS = [1, 10, 500, 5_000, 60_000, 7_200_000, -10, -3_000];

/** Lets a store live for some steps. Whatever it does wrong is thrown. */
export async function live(life: Life, steps: number): Promise<void> {
  const { dice } = life.history;
  const temper = {
    pacePercent: dice.pick([0, 20, 60]),
    troublePercent: dice.pick([0, 0, 0, 3, 10]),
  };
  const { machine, history } = life;
  machine.pace = () => (dice.chance(temper.pacePercent) ? dice.pick(PACES) : "at-once");
  const errands = { listing: undefined, abort: new AbortController(), copies: 0 };
  for (let step = 0; step < steps; step++) {
    await takeStep(life, errands);
    life.promises.throwFailure();
    changeLuck(life, temper);
  }
  history.note("the steps are over");
}

/** What goes on over several steps. */
interface Errands {
  listing: Listing | undefined;
  abort: AbortController;
  copies: number;
}

async function takeStep(life: Life, errands: Errands): Promise<void> {
  const { dice, names, note, clock, timeline } = life.history;
  const { scheduler, machine, promises } = life;
  const kind = dice.weigh(KINDS);
  switch (kind) {
    case "act": {
      const { state, latestMs } = timeline;
      const nowMs = Math.max(latestMs, clock.nowMs);
      const call = drawCall({ dice, names, state, nowMs });
      note(tellCall(call));
      return act(life, call);
    }
    case "get": {
      const [bucket, key] = [dice.pick(names.buckets), dice.pick(names.keys)];
      note(`get b${bucket[1]} ${tellBytes(key)}`);
      return lookUp(life, bucket, key);
    }
    case "describe":
      note(kind);
      return describe(life, dice.pick(names.buckets));
    case "list": {
      const bucket = dice.chance(75) ? dice.pick(names.buckets) : undefined;
      errands.listing ??= new Listing(bucket, dice.pick([1, 2, 5, 1000]));
      note("list");
      if (!errands.listing.readPage(life)) errands.listing = undefined;
      return undefined;
    }
    case "weigh":
      note(kind);
      return weigh(life);
    case "around":
      note("look around");
      return lookAround(life);
    case "end-turn":
      note("end the turn");
      scheduler.endTurn();
      return promises.settle();
    case "end-pause":
      note("end the pause");
      scheduler.endPause();
      return promises.settle();
    case "second":
      note("a second passes");
      clock.nowMs += 1000;
      scheduler.passSecond();
      return promises.settle();
    case "clock":
      clock.nowMs += dice.pick(STEPS_MS);
      note(`the clock shows ${clock.nowMs}`);
      return undefined;
    case "disk":
      for (let left = dice.between(1, 4); left > 0 && machine.waiting > 0; left--) {
        machine.letGo(dice.below);
      }
      note("the disk works");
      return promises.settle();
    case "rest":
      note("rest");
      await letAllGo(life, 4);
      return undefined;
    case "compact":
      note(kind);
      return compact(life, errands.abort.signal);
    case "backup": {
      do errands.copies += 1;
      while (machine.has(`/copy-${errands.copies}`));
      const directory = `/copy-${errands.copies}`;
      note(`back up to ${directory}`);
      return backUp(life, directory, errands.abort.signal);
    }
    case "abort":
      note(kind);
      errands.abort.abort();
      errands.abort = new AbortController();
      return undefined;
  }
}

/** Now and then something goes wrong with the disk, or is mended. */
function changeLuck(
  { machine, history: { dice, note, counts } }: Life,
  { troublePercent }: Temper,
): void {
  if (machine.faults !== noFaults && dice.chance(20)) {
    note("the disk is mended");
    machine.faults = noFaults;
  } else if (dice.chance(troublePercent)) {
    const { name, faults } = drawTrouble(dice);
    note(`the disk: ${name}`);
    count(counts, "troubles");
    machine.faults = faults;
  }
}

/** The faults of a machine with which nothing is wrong. */
export const noFaults = (): undefined => undefined;

/** From now on nothing is wrong with a machine, and nothing takes time. */
export function mend(machine: SimulatedMachine): void {
  machine.faults = noFaults;
  machine.pace = () => "at-once";
}
