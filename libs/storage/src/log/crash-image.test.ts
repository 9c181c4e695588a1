import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { anyStep, type Step } from "@kv/storage/conformance";
import fc from "fast-check";
import type { Store } from "../store.ts";
import { openLogStore, type SyncMode } from "./open-log-store.ts";
import { ManualScheduler } from "./testing/manual-scheduler.ts";
import { dump, mutationOf, perform } from "./testing/perform.ts";
import { seededDraw } from "./testing/seeded-draw.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

/** What happens around the calls: the turn ends, a second passes, the disk hangs and goes on. */
type Moment = "end-turn" | "second" | "hold" | "release";

interface Life {
  readonly happenings: readonly (Step | Moment)[];
  readonly crash: "kill" | "power-cut";
  readonly pageBytes: number;
  readonly seed: number;
}

const anyMoment = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Moment>("end-turn") },
  { weight: 1, arbitrary: fc.constantFrom<Moment>("second", "hold", "release") },
);
const anyLife = fc.record<Life>({
  happenings: fc.array(
    fc.oneof({ weight: 3, arbitrary: anyStep }, { weight: 1, arbitrary: anyMoment }),
    { maxLength: 40, size: "max" },
  ),
  crash: fc.constantFrom("kill", "power-cut"),
  pageBytes: fc.constantFrom(16, 64, 512),
  seed: fc.nat(),
});

/** Writes down every state that was reached, and how far the caller may rely on it. */
class Witness {
  /** The time. The clock is not set back here: what has lapsed stays out of sight. */
  nowMs = 1_000_000;
  /** The latest mutation that was acknowledged, and the latest that a sync surely covered since. */
  acknowledged = 0;
  synced = 0;
  /** The state after each mutation, by its revision. */
  readonly #states = new Map<number, string>([[0, ""]]);

  /** Every revision that anybody may have been told of. */
  readonly #shown = new Set<number>();

  readonly clock = (): number => this.nowMs;

  pass(ms: number): void {
    this.nowMs += Math.max(0, ms);
  }

  async see(store: Store, step: Step): Promise<void> {
    if (step.type === "wait") this.pass(step.ms);
    const { outcome, durable } = await perform(store, step, this.nowMs);
    const revision = Number(mutationOf(outcome));
    // What changed nothing answers with a revision that was there before.
    if (!(revision > 0) || this.#states.has(revision)) return;
    assert.ok(!this.#shown.has(revision), `revision ${revision} was shown for something else`);
    this.#states.set(revision, await dump(store));
    void this.#noteAcknowledgement(revision, durable);
  }

  /** Finds out which state `store` was opened to, and forgets what turned out never to have been. */
  async recognise(store: Store, atLeast: number): Promise<void> {
    const state = await dump(store);
    const revision = [...this.#states.keys()].find(
      (candidate) => candidate >= atLeast && this.#stateNow(candidate) === state,
    );
    assert.ok(revision !== undefined, `this is no state from revision ${atLeast} on:\n${state}`);
    for (const later of this.#states.keys()) if (later > revision) this.#states.delete(later);
    this.acknowledged = revision;
    this.synced = revision;
  }

  async #noteAcknowledgement(revision: number, durable: Promise<void> | undefined): Promise<void> {
    await durable;
    this.#shown.add(revision);
    this.acknowledged = Math.max(this.acknowledged, revision);
  }

  /** The state after mutation `revision`, without what has lapsed since it was written down. */
  #stateNow(revision: number): string {
    let isBucketOver = false;
    const living = (this.#states.get(revision) ?? "").split("\n").filter((line) => {
      const isOver = Number(/ until (\d+)(?:, transient)?$/u.exec(line)?.[1]) <= this.nowMs;
      if (!line.startsWith(" ")) isBucketOver = isOver;
      return !isOver && !isBucketOver;
    });
    return living
      .filter((line, at) => !line.endsWith(", transient") || living[at + 1]?.startsWith(" "))
      .join("\n");
  }
}

async function open(disk: SimulatedDisk, sync: SyncMode, witness: Witness) {
  const scheduler = new ManualScheduler();
  const { clock } = witness;
  const segmentLimitBytes = 400;
  const options = { directory: "/kv", clock, sync, segmentLimitBytes, files: disk, scheduler };
  return { store: await openLogStore(options), scheduler };
}

/** Lets the disk do all that it is not kept from. */
async function settle(): Promise<void> {
  await setImmediate();
}

for (const sync of ["always", "everysec", "never"] as const) {
  test(`openLogStore() finds all that sync "${sync}" promised and nothing invented, whatever a crash left`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLife, { minLength: 1, maxLength: 3 }), async (lives) => {
        const witness = new Witness();
        let disk = new SimulatedDisk();
        let atLeast = 0;
        for (const { happenings, crash, pageBytes, seed } of lives) {
          const { store, scheduler } = await open(disk, sync, witness);
          await witness.recognise(store, atLeast);
          let isHeld = false;
          for (const happening of happenings) {
            if (typeof happening !== "string") {
              await witness.see(store, happening);
              continue;
            }
            const { acknowledged } = witness;
            if (happening === "hold") disk.hold();
            if (happening === "release") disk.release();
            if (happening === "hold" || happening === "release") isHeld = happening === "hold";
            if (happening === "end-turn") scheduler.endTurn();
            if (happening === "second") scheduler.passSecond();
            await settle();
            const isSynced = happening === "second" && !isHeld && sync === "everysec";
            if (isSynced) witness.synced = acknowledged;
          }
          const promised = { always: witness.acknowledged, everysec: witness.synced, never: 0 };
          atLeast = crash === "kill" ? witness.acknowledged : promised[sync];
          disk =
            crash === "kill" ? disk.afterKill() : disk.afterPowerCut(pageBytes, seededDraw(seed));
        }
        const { store } = await open(disk, sync, witness);
        await witness.recognise(store, atLeast);
      }),
      { numRuns: 200 },
    );
  });
}

test("no answer that is given at once shows what a power cut could take back", async () => {
  const anything = fc.oneof(
    { weight: 4, arbitrary: anyStep },
    { weight: 1, arbitrary: fc.constantFrom<Moment>("end-turn", "hold", "release") },
  );
  const happenings = fc.array(anything, { maxLength: 30, size: "max" });
  await fc.assert(
    fc.asyncProperty(happenings, async (all) => {
      const witness = new Witness();
      const disk = new SimulatedDisk();
      const { store, scheduler } = await open(disk, "always", witness);
      for (const happening of all) {
        if (happening === "hold") disk.hold();
        if (happening === "release") disk.release();
        if (happening === "end-turn") scheduler.endTurn();
        if (typeof happening === "string") {
          await settle();
          continue;
        }
        if (happening.type === "wait") witness.pass(happening.ms);
        const answer = await perform(store, happening, witness.nowMs);
        if (answer.durable !== undefined) continue;
        // Draws of nothing but 0 lose every byte that was not synced.
        const other = await open(
          disk.afterPowerCut(64, () => 0),
          "always",
          witness,
        );
        const again = await perform(other.store, happening, witness.nowMs);
        assert.deepEqual(again.outcome, answer.outcome);
      }
    }),
    { numRuns: 200 },
  );
});
