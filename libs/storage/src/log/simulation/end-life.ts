import assert from "node:assert/strict";
import { isStorageError } from "../../errors.ts";
import { crash } from "./crash.ts";
import { expectSound } from "./examine.ts";
import { count, letAllGo, type Life } from "./life.ts";
import { noFaults } from "./live.ts";
import { lookAround } from "./look.ts";
import { judgeCopy } from "./maintain.ts";
import type { SimulatedMachine } from "./simulated-machine.ts";

/** How far the clock has come when the store is opened again; back, too. */
const PAUSES_MS = [0, 0, 1, 1_000, 100_000, 10_000_000, -500, -3_000, -10_000, -100_000];

/** Turns and pauses after which all work that was put off has to be done. */
const LONG = 400;

/** Ends a life in some way. Resolves to the machine on which the next one finds the store. */
export async function endLife(life: Life): Promise<SimulatedMachine> {
  const { history, machine } = life;
  const { dice, clock, note } = history;
  if (dice.chance(30)) await comeToRest(life);
  const end = dice.weigh({ crash: 6, close: 4, "crash while closing": 1 });
  let left = machine;
  if (end === "close") await closeStore(life);
  if (end === "crash while closing") {
    note("begin to close");
    life.isClosing = true;
    void Promise.allSettled([life.store[Symbol.asyncDispose]()]);
    for (let steps = dice.below(30); steps > 0; steps--) {
      if (machine.waiting > 0) machine.letGo(dice.below);
      if (dice.chance(30)) life.scheduler.endTurn();
      await life.promises.settle();
    }
  }
  if (end !== "close") left = await crash(life);
  await judgeLeftCopies(life, left);
  if (dice.chance(20)) await expectSound(history, left);
  clock.nowMs += dice.pick(PAUSES_MS);
  return left;
}

/** The last life of a history: at rest, looked at from all sides, and closed. */
export async function takeLeave(life: Life): Promise<void> {
  await comeToRest(life);
  await closeStore(life);
  await expectSound(life.history, life.machine);
}

/** With a disk that works again nothing stays undone, and everything is as it should be. */
async function comeToRest(life: Life): Promise<void> {
  const { history, machine, scheduler, promises } = life;
  history.note("come to rest");
  machine.faults = noFaults;
  for (let second = 0; second < 3; second++) {
    history.clock.nowMs += 1000;
    scheduler.passSecond();
    await letAllGo(life, LONG);
  }
  assert.ok(await letAllGo(life, LONG), "there is always something more to do");
  assert.deepEqual(promises.open, [], "some never hear of what they asked for");
  const told = history.events.slice(life.eventsBefore);
  const latest = told.findLast(({ type }) => type.startsWith("writes-"))?.type;
  assert.ok(latest !== "writes-held", "writes are held though there is room");
  lookAround(life);
  await letAllGo(life, LONG);
  assert.deepEqual(promises.open, []);
  count(history.counts, "came to rest");
}

async function closeStore(life: Life): Promise<void> {
  const { history, machine, promises, store } = life;
  const { timeline, note, counts } = history;
  note("close");
  const wasWritable = store.statistics().writable;
  const writeFaults = machine.writeFaults;
  let isClosed = false;
  life.isClosing = true;
  promises.follow("close", store[Symbol.asyncDispose](), {
    onValue: () => {
      isClosed = true;
    },
    onError: (error) => {
      assert.ok(isStorageError(error, "STORAGE_WRITE_UNKNOWN"), String(error));
      assert.ok(machine.writeFaults > 0, error.message);
    },
  });
  await letAllGo(life, LONG);
  assert.deepEqual(promises.open, [], "some never hear of what they asked for");
  assert.throws(
    () => store.statistics(),
    (error) => isStorageError(error, "STORAGE_NOT_OPEN"),
  );
  assert.equal(machine.readerCount, 0, "files are left open");
  // A disk that failed only now may have kept the seal away, and nothing else.
  const isSafe = isClosed && wasWritable && machine.writeFaults === writeFaults;
  if (isSafe) timeline.show(timeline.latest, true);
  count(counts, isSafe ? "closed" : "closed somehow");
  promises.end();
}

/** Backups that nobody has heard of are not there, or whole. */
async function judgeLeftCopies({ history, backups }: Life, left: SimulatedMachine): Promise<void> {
  const { timeline, counts } = history;
  for (const [directory, from] of backups) {
    if (!left.has(directory)) continue;
    await judgeCopy(history, left.content(directory), { from, to: timeline.latest });
    count(counts, "backups that nobody heard of");
  }
}
