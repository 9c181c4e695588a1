import assert from "node:assert/strict";
import { basename } from "node:path";
import { isStorageError } from "../../errors.ts";
import type { StorageEvent } from "../../events.ts";
import type { Store } from "../../store.ts";
import { crash } from "./crash.ts";
import { drawTrouble } from "./draw-faults.ts";
import {
  beginLife,
  type Birth,
  count,
  drawSettings,
  type History,
  HOME,
  letAllGo,
  type Life,
} from "./life.ts";
import { mend } from "./live.ts";
import { observeStore } from "./observe-store.ts";
import type { Content, SimulatedMachine } from "./simulated-machine.ts";

/**
 * Opens the store, sometimes not at the first try: the disk fails, or a crash comes in the middle.
 * Once open it has to hold what its last life has promised.
 */
export async function openLife(
  history: History,
  found: SimulatedMachine,
  { isLast = false } = {},
): Promise<Life> {
  const { dice, timeline, clock, note, counts, events } = history;
  for (let machine = found; ; ) {
    const settings = drawSettings(dice);
    note(`open ${JSON.stringify(settings)} at ${clock.nowMs}`);
    mend(machine);
    const trouble = isLast ? "none" : dice.weigh({ none: 8, faults: 1, crash: 1 });
    if (trouble !== "none") disturb(history, machine);
    const before = machine.content(HOME);
    const seen = events.length;
    const birth = beginLife(history, settings, machine);
    if (trouble === "crash") {
      await birth.promises.settle();
      for (let left = dice.below(40); left > 0 && machine.waiting > 0; left--) {
        machine.letGo(dice.below);
        await birth.promises.settle();
      }
      count(counts, "crashes while opening");
      machine = await crash(birth);
      continue;
    }
    const result = await settled(birth);
    const hasFailed = machine.readFaults + machine.writeFaults > 0;
    mend(machine);
    if (result.status === "fulfilled") {
      const life = { ...birth, store: result.value, atRest: { readFaults: 0 } };
      judgeCuts(events.slice(seen), { before, after: machine.content(HOME) });
      const look = { limit: dice.pick([1, 3, 1000]), readsValues: dice.chance(60) };
      const observed = await observeStore(life.store, look);
      timeline.recognise(observed, clock.nowMs);
      watchSyncs(life);
      return life;
    }
    if (!hasFailed || !isStorageError(result.reason, "STORAGE_INACCESSIBLE")) throw result.reason;
    note("it could not be opened");
    count(counts, "openings that failed");
    if (dice.chance(50)) machine = await crash(birth);
    else birth.promises.end();
  }
}

/** What comes of an opening that nothing holds up for ever. */
async function settled(birth: Birth): Promise<PromiseSettledResult<Store>> {
  const results: PromiseSettledResult<Store>[] = [];
  const note = async (): Promise<void> => {
    results.push(...(await Promise.allSettled([birth.opening])));
  };
  void note();
  await letAllGo(birth, 10_000);
  const [result] = results;
  assert.ok(result !== undefined, "the opening has come to a halt");
  return result;
}

/** What was cut off a log is kept beside it, every byte of it. */
function judgeCuts(
  events: readonly StorageEvent[],
  { before, after }: { readonly before: Content; readonly after: Content },
): void {
  for (const event of events) {
    if (event.type !== "tail-cut") continue;
    const name = basename(event.keptIn);
    const [segment = "", offset = ""] = name.split(/(?<=\.log)\./u);
    const tail = before.get(segment)?.subarray(Number.parseInt(offset, 10));
    assert.deepEqual(after.get(name), tail, "what was cut off is not what is kept");
    assert.equal(event.bytes, tail?.length);
  }
}

function disturb({ dice, note }: History, machine: SimulatedMachine): void {
  machine.pace = () => (dice.chance(50) ? dice.pick(["late-start", "late-return"]) : "at-once");
  if (dice.chance(30)) return;
  const { name, faults } = drawTrouble(dice);
  note(`the disk: ${name}`);
  machine.faults = faults;
}

/**
 * A sync of a segment that succeeds saves from a power cut what was acknowledged when it began; unless
 * one of that file has failed before: then the system may have forgotten what it had to sync.
 */
function watchSyncs({ machine, history: { timeline }, promises }: Life): void {
  let hasFailed = false;
  machine.watchSync = (path) => {
    const moment = timeline.killFloor;
    const isSegment = /^\/kv\/\d+\.log$/u.test(path);
    return (isDone) => {
      if (!isSegment || promises.isOver) return;
      hasFailed ||= !isDone;
      if (!hasFailed) timeline.sync(moment);
    };
  };
}
