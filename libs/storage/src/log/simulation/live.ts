import { act } from "./act.ts";
import type { Call } from "./decide-call.ts";
import { drawCall, tellBytes, tellCall } from "./draw-call.ts";
import { drawTrouble } from "./draw-faults.ts";
import { count, type Life, letAllGo } from "./life.ts";
import { Listing } from "./listing.ts";
import { describe, lookAround, lookUp, weigh } from "./look.ts";
import { backUp, compact } from "./maintain.ts";
import type { Pace, SimulatedMachine } from "./simulated-machine.ts";

/** How often each kind of step is taken. */
const WEIGHTS = {
  act: 42,
  get: 12,
  describe: 2,
  list: 5,
  weigh: 3,
  "look around": 1,
  "end the turn": 14,
  "end the pause": 10,
  "a second passes": 5,
  "the clock is set": 2,
  "the disk works": 14,
  rest: 2,
  compact: 2,
  "back up": 2,
  "give up": 1,
} as const;

const PACES: readonly Pace[] = ["late-start", "late-return"];

/** How far the clock goes on, or back. */
const STEPS_MS = [1, 10, 500, 5_000, 60_000, 7_200_000, -10, -3_000];

/** What goes on over several steps. */
interface Errands {
  listing: Listing | undefined;
  abort: AbortController;
  /** What the latest call was about: reading it again soon is what caches and late answers go wrong with. */
  latest: Call | undefined;
}

/** Lets a store live for some steps. Whatever it does wrong is thrown. */
export async function live(life: Life, steps: number): Promise<void> {
  const { machine, promises, history } = life;
  const { dice, note } = history;
  const pacePercent = dice.pick([0, 20, 60]);
  const troublePercent = dice.pick([0, 0, 0, 3, 10]);
  // Of all that is asked of a disk, syncs take the longest.
  machine.pace = ({ type }) =>
    dice.chance(type === "sync" ? 1.5 * pacePercent : pacePercent) ? dice.pick(PACES) : "at-once";
  const errands: Errands = {
    listing: undefined,
    abort: new AbortController(),
    latest: undefined,
  };
  for (let step = 0; step < steps; step++) {
    await STEPS[dice.weigh(WEIGHTS)](life, errands);
    promises.throwFailure();
    changeLuck(life, troublePercent);
    // Little happens any more in a store that takes no writes.
    const isStill = machine.writeFaults > 0 && !life.store.statistics().writable;
    if (isStill && dice.chance(10)) break;
  }
  note("the steps are over");
}

type Step = (life: Life, errands: Errands) => void | Promise<void>;

/** Each says what it is about to do, in case that it fails. */
const STEPS: Readonly<Record<keyof typeof WEIGHTS, Step>> = {
  act: (life, errands) => {
    const { dice, names, note, clock, timeline } = life.history;
    const nowMs = Math.max(timeline.latestMs, clock.nowMs);
    const call = drawCall({ dice, names, state: timeline.state, nowMs });
    note(tellCall(call));
    errands.latest = call;
    act(life, call);
  },
  get: (life, { latest }) => {
    const { dice, names, note } = life.history;
    const about = dice.chance(60) ? latest : undefined;
    const bucket = about?.bucket ?? dice.pick(names.buckets);
    const key = (about && keyOf(about)) ?? dice.pick(names.keys);
    note(`get b${bucket[1]} ${tellBytes(key)}`);
    lookUp(life, bucket, key);
  },
  describe: (life) => {
    const { dice, names, note } = life.history;
    const bucket = dice.pick(names.buckets);
    note(`describe b${bucket[1]}`);
    describe(life, bucket);
  },
  list: (life, errands) => {
    const { dice, names, note } = life.history;
    const bucket = dice.chance(75) ? dice.pick(names.buckets) : undefined;
    errands.listing ??= new Listing(bucket, dice.pick([1, 2, 5, 1000]));
    note(`list ${errands.listing.name}`);
    if (!errands.listing.readPage(life)) errands.listing = undefined;
  },
  weigh: (life) => {
    life.history.note("ask for statistics");
    weigh(life);
  },
  "look around": (life) => {
    life.history.note("look around");
    lookAround(life);
  },
  "end the turn": ({ history, scheduler, promises }) => {
    history.note("end the turn");
    scheduler.endTurn();
    return promises.settle();
  },
  "end the pause": ({ history, scheduler, promises }) => {
    history.note("end the pause");
    scheduler.endPause();
    return promises.settle();
  },
  "a second passes": ({ history, scheduler, promises }) => {
    history.note("a second passes");
    history.clock.nowMs += 1000;
    scheduler.passSecond();
    return promises.settle();
  },
  "the clock is set": ({ history: { clock, dice, note } }) => {
    clock.nowMs += dice.pick(STEPS_MS);
    note(`the clock shows ${clock.nowMs}`);
  },
  "the disk works": ({ history: { dice, note }, machine, promises }) => {
    note(`the disk works; ${machine.waiting} calls wait`);
    for (let left = dice.between(1, 4); left > 0 && machine.waiting > 0; left--) {
      machine.letGo(dice.below);
    }
    return promises.settle();
  },
  rest: async (life) => {
    life.history.note("rest");
    await letAllGo(life, 4);
  },
  compact: (life, { abort }) => {
    const { dice, note } = life.history;
    // Some read what is about to go.
    if (dice.chance(40)) lookAround(life);
    const callers = dice.pick([1, 1, 2, 3]);
    note(`compact, asked for by ${callers}`);
    for (let caller = 0; caller < callers; caller++) compact(life, abort.signal);
  },
  "back up": (life, { abort }) => {
    const { machine, backups } = life;
    const { dice, note } = life.history;
    // What a broken backup has left is in the way of another one of that name.
    const isTaken = (path: string): boolean =>
      machine.has(path) || machine.has(`${path}.partial`) || backups.has(path);
    let directory = "/copy-1";
    for (let number = 2; isTaken(directory); number++) directory = `/copy-${number}`;
    const also = dice.chance(30) ? "and compact" : "";
    note(`back up to ${directory} ${also}`);
    backUp(life, directory, abort.signal);
    if (also !== "") compact(life, abort.signal);
  },
  "give up": ({ history: { note } }, errands) => {
    note("give up what was asked for");
    errands.abort.abort();
    errands.abort = new AbortController();
  },
};

function keyOf(call: Call): Uint8Array | undefined {
  if (call.type === "put") return call.fields[0]?.key;
  if (call.type === "delete") return call.keys[0];
  return call.type === "expire" ? call.key : undefined;
}

/** Now and then something goes wrong with the disk, or is mended. */
function changeLuck(
  { machine, history: { dice, note, counts } }: Life,
  troublePercent: number,
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

/** From now on nothing is wrong with a machine, and nothing takes time; what was before is forgotten. */
export function mend(machine: SimulatedMachine): void {
  machine.forgetFaults();
  machine.faults = noFaults;
  machine.pace = () => "at-once";
}
