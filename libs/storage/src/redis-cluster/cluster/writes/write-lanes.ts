import type { Refusal } from "../connection/refusal.ts";
import { pauseMs } from "../timing.ts";
import type { Topology } from "../topology/topology.ts";
import { type ShardListener, type ShardOptions, ShardWriter } from "./shard-writer.ts";
import type { Returned } from "./write-batch.ts";
import type { WriteOperation } from "./write-operation.ts";

/** Where slots are, and who finds out anew. */
export interface Slots {
  readonly topology: Topology;
  /** Why nobody is known to have a slot, where that is so. */
  readonly absence: string;
  /** What is known may be out of date. */
  doubt(): void;
}

/** Why nobody is to be asked for what is in a slot. */
export function reasonFor(slot: number, { topology, absence }: Slots): string {
  if (!topology.torn.has(slot)) return absence;
  return "the slot stayed halfway between two servers when one of them died; cluster fix brings it to its end";
}

/** The writes of one slot that no server has executed yet. */
interface Lane {
  readonly slot: number;
  /** Not given to a primary, in their order. */
  waiting: WriteOperation[];
  /** How many `writer` has that no server has answered. */
  given: number;
  writer: ShardWriter | undefined;
  /** The one that was called last: when it is answered, all before it are. */
  last: WriteOperation;
  notBeforeMs: number;
}

/**
 * Brings each write to the primary of its slot, in the order of the calls.
 *
 * Writes of one slot are at one primary at a time: what comes later waits until that one has answered what it was given, so that no write
 * overtakes another one when the slot moves or something has to be sent again. Slots do not wait for each other.
 */
export class WriteLanes implements ShardListener {
  readonly #slots: Slots;
  readonly #options: ShardOptions;
  readonly #lanes = new Map<number, Lane>();
  readonly #writers = new Map<string, ShardWriter>();
  readonly #held = new Set<Lane>();
  #tick: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor(slots: Slots, options: ShardOptions) {
    this.#slots = slots;
    this.#options = options;
  }

  get writers(): Iterable<ShardWriter> {
    return this.#writers.values();
  }

  /** Takes a write. Its outcome is the operation's own. */
  write(operation: WriteOperation): void {
    const lane = this.#lanes.get(operation.slot);
    if (lane === undefined) {
      const { slot } = operation;
      const fresh: Lane = {
        slot,
        waiting: [operation],
        given: 0,
        writer: undefined,
        last: operation,
        notBeforeMs: 0,
      };
      this.#lanes.set(slot, fresh);
      this.#advance(fresh);
    } else {
      const [first] = lane.waiting;
      lane.waiting.push(operation);
      lane.last = operation;
      if (this.#held.has(lane) && first !== undefined) operation.hindrance = first.hindrance;
      else this.#advance(lane);
    }
  }

  /** The last write of the slot that was called and that no server has answered yet. */
  lastUnanswered(slot: number): WriteOperation | undefined {
    return this.#lanes.get(slot)?.last;
  }

  /** All of them, one a slot at most. */
  allUnanswered(): readonly WriteOperation[] {
    return [...this.#lanes.values()].map(({ last }) => last);
  }

  /** To be called when slots may be elsewhere than they were, and now and then while anything is under way. */
  look(patienceMs: number): void {
    const { topology } = this.#slots;
    for (const writer of this.#writers.values()) {
      if (topology.hasSlots(writer.address)) continue;
      if (!writer.isBusy) {
        this.#writers.delete(writer.address);
        writer.end("it has no slots any more");
      } else if (writer.batchMs > patienceMs && !topology.isPrimary(writer.address)) {
        writer.abandon("another server took over from it");
      }
    }
    this.#advanceHeld();
  }

  /** Gives up what was not sent; nothing more is to be written. */
  leave(reason: string): void {
    for (const { waiting } of this.#lanes.values()) {
      for (const operation of waiting.splice(0)) operation.giveUp(reason);
    }
  }

  /** Gives everything up. */
  end(reason: string): void {
    this.#isEnded = true;
    clearTimeout(this.#tick);
    for (const writer of this.#writers.values()) writer.end(reason);
    for (const { waiting } of this.#lanes.values()) {
      for (const operation of waiting) operation.giveUp(reason);
    }
  }

  opened(): void {
    this.#advanceHeld();
  }

  closed(writer: ShardWriter, unsent: readonly WriteOperation[], reason: string): void {
    const lanes = new Set<Lane>();
    for (const operation of unsent) {
      const lane = this.#lanes.get(operation.slot);
      if (lane?.writer === writer) lane.given -= 1;
      if (lane !== undefined) lanes.add(lane);
    }
    for (const lane of lanes) {
      lane.waiting = [...unsent.filter(({ slot }) => slot === lane.slot), ...lane.waiting];
      for (const operation of lane.waiting) operation.hindrance = reason;
      this.#hold(lane);
    }
    if (!this.#isEnded) this.#slots.doubt();
  }

  answered(batch: readonly WriteOperation[], returned: readonly Returned[]): void {
    const lanes = new Set<Lane>();
    for (const { slot } of batch) {
      const lane = this.#lanes.get(slot);
      if (lane === undefined) continue;
      lane.given -= 1;
      lanes.add(lane);
    }
    this.#takeBack(returned);
    for (const lane of lanes) this.#advance(lane);
  }

  doubtful(returned: readonly Returned[]): void {
    this.#takeBack(returned);
  }

  /** Puts what came back before all else of its slot, that which its primary has not sent yet behind it, and looks when it may go on. */
  #takeBack(returned: readonly Returned[]): void {
    const bySlot = Map.groupBy(returned, ({ operation }) => operation.slot);
    for (const [slot, back] of bySlot) {
      const operations = back.map(({ operation }) => operation);
      const [first] = operations;
      if (first === undefined) continue;
      const lane = this.#lanes.get(slot) ?? {
        slot,
        waiting: [],
        given: 0,
        writer: undefined,
        last: first,
        notBeforeMs: 0,
      };
      this.#lanes.set(slot, lane);
      const withdrawn = lane.writer?.withdraw(slot) ?? [];
      lane.given -= withdrawn.length;
      lane.waiting = [...operations, ...withdrawn, ...lane.waiting];
      for (const { operation, refusal } of back) this.#prepare(lane, operation, refusal);
      this.#advance(lane);
    }
  }

  /** Does what a refusal asks for before the write is sent again. */
  #prepare(lane: Lane, operation: WriteOperation, refusal: Refusal | undefined): void {
    const { timing } = this.#options;
    operation.askedAddress = undefined;
    if (refusal?.type === "moved") this.#slots.topology.moved(lane.slot, refusal.address);
    if (refusal?.type === "ask") operation.askedAddress = refusal.address;
    if (refusal?.type === "no-script") operation.usesSource = true;
    const isRedirect =
      refusal?.type === "moved" || refusal?.type === "ask" || refusal?.type === "no-script";
    operation.redirects += isRedirect ? 1 : 0;
    operation.hindrance = hindranceOf(operation, refusal);
    // The first redirect says where to go. After that, the nodes do not agree yet.
    if (refusal?.type === "moved") this.#slots.doubt();
    if (isRedirect && operation.redirects === 1) return;
    operation.redirects = isRedirect ? operation.redirects : 0;
    lane.notBeforeMs = Math.max(lane.notBeforeMs, timing.nowMs() + pauseMs(timing));
    this.#slots.doubt();
  }

  #advance(lane: Lane): void {
    for (;;) {
      const [operation] = lane.waiting;
      if (operation === undefined) {
        if (lane.given === 0) this.#lanes.delete(lane.slot);
        return;
      }
      if (operation.isSettled) {
        lane.waiting.shift();
        continue;
      }
      const writer = this.#writerFor(lane, operation);
      // What its former primary has is answered first.
      if (lane.given > 0 && lane.writer !== writer && writer !== undefined) return;
      if (writer === undefined) return this.#hold(lane);
      lane.waiting.shift();
      lane.given += 1;
      lane.writer = writer;
      writer.submit(operation);
    }
  }

  /** The primary that the write can be given to right now. */
  #writerFor(lane: Lane, operation: WriteOperation): ShardWriter | undefined {
    if (this.#isEnded) return undefined;
    if (this.#options.timing.nowMs() < lane.notBeforeMs) return undefined;
    const address = operation.askedAddress ?? this.#slots.topology.ownerOf(lane.slot)?.address;
    if (address === undefined) {
      this.#explain(lane, reasonFor(lane.slot, this.#slots));
      this.#slots.doubt();
      return undefined;
    }
    let writer = this.#writers.get(address);
    if (writer === undefined) {
      writer = new ShardWriter(address, this.#options, this);
      this.#writers.set(address, writer);
    }
    if (writer.isOpen) return writer;
    this.#explain(lane, writer.hindrance);
    writer.open();
    return undefined;
  }

  #explain(lane: Lane, hindrance: string): void {
    for (const operation of lane.waiting) operation.hindrance = hindrance;
  }

  #hold(lane: Lane): void {
    if (this.#isEnded) {
      for (const operation of lane.waiting.splice(0)) operation.giveUp("the store was closed");
      return;
    }
    this.#held.add(lane);
    this.#tick ??= setTimeout(() => {
      this.#tick = undefined;
      this.#advanceHeld();
    }, pauseMs(this.#options.timing));
  }

  #advanceHeld(): void {
    const held = [...this.#held];
    this.#held.clear();
    for (const lane of held) this.#advance(lane);
  }
}

function hindranceOf(operation: WriteOperation, refusal: Refusal | undefined): string {
  if (refusal === undefined) return "the connection was lost";
  if ("reason" in refusal) return refusal.reason;
  return `it was sent on ${operation.redirects} times in a row`;
}
