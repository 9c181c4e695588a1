import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Demand, type Effect, READ } from "./execute/demand.ts";
import { type Refusal, type Reply, refuse } from "./reply.ts";
import { type CommitGroup, ReplyQueue, type ReservedReply } from "./reply-queue.ts";

/** What may happen to a queue. Groups go by number; those settled are opened anew when they are named again. */
type Step =
  | { readonly type: "add"; readonly effect: Effect; readonly group: number | undefined }
  | { readonly type: "add-written"; readonly which: number; readonly group: number | undefined }
  | { readonly type: "reserve"; readonly effect: Effect }
  | { readonly type: "fill"; readonly which: number; readonly group: number | undefined }
  | { readonly type: "settle"; readonly group: number; readonly fails: boolean };

const effect = fc.constantFrom<Effect>("read", "write", "writes");
const group = fc.option(fc.nat(3), { nil: undefined });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant("add"), effect, group }),
  fc.record({ type: fc.constant("add-written"), which: fc.nat(1), group }),
  fc.record({ type: fc.constant("reserve"), effect }),
  fc.record({ type: fc.constant("fill"), which: fc.nat(20), group }),
  fc.record({ type: fc.constant("settle"), group: fc.nat(3), fails: fc.boolean() }),
);

/** Told again and again, as the same object. */
const WRITTEN = [refuse("written"), refuse("written anew")];

const WRITE: Demand = { effect: "write", writtenBytes: 1000 };

function demandOf(of: Effect): Demand {
  return of === "read" ? READ : { ...WRITE, effect: of };
}

/** A reply as the model sees it: what it says once it may be shown. */
interface Expected {
  readonly effect: Effect;
  says: string | undefined;
  rests: ExpectedGroup | undefined;
  readonly place: ReservedReply | undefined;
}

interface ExpectedGroup {
  readonly key: object;
  state: "open" | "durable" | "failed";
}

/** The queue beside a plain list that is searched from the front whenever something is asked. */
class Rehearsal {
  readonly queue = new ReplyQueue();
  readonly #owed: Expected[] = [];
  readonly #groups = new Map<number, ExpectedGroup>();
  #spoken = 0;

  play(step: Step): void {
    switch (step.type) {
      case "add": {
        const says = `reply ${this.#spoken++}`;
        const rests = this.#group(step.group);
        this.queue.add({ reply: refuse(says) }, demandOf(step.effect), this.#inQueue(rests));
        this.#owed.push({ effect: step.effect, says, rests, place: undefined });
        return;
      }
      case "add-written": {
        const reply = WRITTEN[step.which] ?? refuse("");
        const rests = this.#group(step.group);
        this.queue.addWritten({ reply }, 100 + step.which, this.#inQueue(rests));
        this.#owed.push({ effect: "write", says: reply.reason, rests, place: undefined });
        return;
      }
      case "reserve": {
        const place = reserved(this.queue, demandOf(step.effect));
        this.#owed.push({ effect: step.effect, says: undefined, rests: undefined, place });
        return;
      }
      case "fill":
        this.#fill(step.which, step.group);
        return;
      case "settle":
        this.#settle(step.group, step.fails);
        return;
      default:
        step satisfies never;
    }
  }

  /** What may be shown now, by the model; forgets it. */
  takeExpected(): string[] {
    const shown: string[] = [];
    for (let [first] = this.#owed; first?.says !== undefined; [first] = this.#owed) {
      if (first.rests?.state === "open") break;
      shown.push(first.rests?.state === "failed" ? `${first.effect} failed` : first.says);
      this.#owed.shift();
    }
    return shown;
  }

  /** Fills and settles whatever is open. */
  finish(): void {
    while (this.#owed.some(({ says }) => says === undefined)) this.#fill(0, undefined);
    for (const number of this.#groups.keys()) this.#settle(number, false);
  }

  #fill(which: number, groupNumber: number | undefined): void {
    const open = this.#owed.filter(({ says }) => says === undefined);
    const expected = open[which % open.length];
    if (expected?.place === undefined) return;
    expected.says = `reply ${this.#spoken++}`;
    expected.rests = this.#group(groupNumber);
    this.queue.fill(expected.place, refuse(expected.says), this.#inQueue(expected.rests));
  }

  #settle(number: number, fails: boolean): void {
    const settled = this.#groups.get(number);
    if (settled === undefined) return;
    this.#groups.delete(number);
    settled.state = fails ? "failed" : "durable";
    const failure = {
      read: refuse("read failed"),
      write: refuse("write failed"),
      writes: refuse("writes failed"),
    };
    this.queue.settleGroup(settled.key, fails ? failure : "durable");
  }

  #group(number: number | undefined): ExpectedGroup | undefined {
    if (number === undefined) return undefined;
    const known = this.#groups.get(number) ?? { key: {}, state: "open" };
    this.#groups.set(number, known);
    return known;
  }

  #inQueue(expected: ExpectedGroup | undefined): CommitGroup | undefined {
    if (expected === undefined) return undefined;
    return this.queue.group(expected.key) ?? this.queue.openGroup(expected.key);
  }
}

function reserved(queue: ReplyQueue, demand: Demand): ReservedReply {
  const none = { form: undefined, reply: undefined, group: undefined };
  const place = {
    ...none,
    effect: demand.effect,
    bytes: demand.writtenBytes,
    awaitedBytes: 0,
    more: 0,
  };
  queue.reserve(place);
  return place;
}

function takeAll(queue: ReplyQueue): string[] {
  const taken: string[] = [];
  for (let due = queue.take(); due !== undefined; due = queue.take()) {
    taken.push(isRefusal(due.reply) ? due.reply.reason : due.reply.type);
  }
  return taken;
}

function isRefusal(reply: Reply): reply is Refusal {
  return reply.type === "refused";
}

test("ReplyQueue shows replies in order, none early, none late, and failed ones replaced", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const rehearsal = new Rehearsal();
      for (const step of steps) {
        rehearsal.play(step);
        assert.deepEqual(takeAll(rehearsal.queue), rehearsal.takeExpected());
      }
      rehearsal.finish();
      assert.deepEqual(takeAll(rehearsal.queue), rehearsal.takeExpected());
      assert.ok(rehearsal.queue.isEmpty);
      assert.equal(rehearsal.queue.bytes, 0);
    }),
    { numRuns: 1000 },
  );
});

test("ReplyQueue takes many replies behind one group without forgetting any", () => {
  const queue = new ReplyQueue();
  const key = {};
  const first = queue.openGroup(key);
  for (let n = 0; n < 5000; n++)
    queue.add({ reply: refuse(String(n)) }, WRITE, n < 10 ? first : undefined);
  const late = queue.openGroup({});
  queue.add({ reply: refuse("late") }, WRITE, late);
  assert.equal(queue.take(), undefined);
  queue.settleGroup(key, "durable");
  assert.deepEqual(
    takeAll(queue),
    Array.from({ length: 5000 }, (_, n) => String(n)),
  );
  assert.ok(!queue.isEmpty);
});

test("ReplyQueue weighs values by their length, and a reply that is not there as a large one", () => {
  const queue = new ReplyQueue();
  const place = reserved(queue, READ);
  assert.ok(queue.bytes >= 64 * 1024);
  queue.fill(place, refuse("short"), undefined);
  assert.ok(queue.bytes < 1024);
});

test("ReplyQueue weighs what a write waits to write until its reply is taken", () => {
  const queue = new ReplyQueue();
  const mebibyte = 1024 * 1024;
  const key = {};
  const held = queue.openGroup(key);
  queue.add({ reply: refuse("held") }, { effect: "write", writtenBytes: mebibyte }, held);
  const place = reserved(queue, { effect: "write", writtenBytes: mebibyte });
  assert.ok(queue.bytes > 2 * mebibyte);
  queue.fill(place, refuse("short"), held);
  assert.ok(queue.bytes > 2 * mebibyte);
  queue.settleGroup(key, "durable");
  assert.ok(queue.take() !== undefined);
  assert.ok(queue.bytes > mebibyte && queue.bytes < 1.1 * mebibyte);
  assert.ok(queue.take() !== undefined);
  assert.equal(queue.bytes, 0);
});
