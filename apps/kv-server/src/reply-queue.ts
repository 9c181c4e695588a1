/**
 * The replies of one connection that cannot go out yet, in the order of their requests.
 *
 * Two things hold a reply back: its outcome rests on a group of writes that is still on its way to the disk, or
 * the outcome itself is not there yet. Whatever stands behind a held reply waits with it. A reply carries a
 * pointer to the group it rests on; a group is one object for the whole connection, so that its settling costs
 * the same for one reply and for a thousand. Replies stay values until they are taken: one whose group failed is
 * replaced by itself, and its neighbours never notice.
 *
 * A held write weighs what it writes beside its reply: the store keeps those bytes until the disk has them, and what
 * the queue weighs is all that stops a client from having more of them kept.
 *
 * Pure: whoever owns the queue listens to the promises and tells it what became of them.
 */

import type { Demand, Effect } from "./execute/demand.ts";
import { type Refusal, type Reply, weigh } from "./reply.ts";
import type { ReplyForm } from "./request.ts";

/**
 * What a reply that is not there yet is taken to weigh, in bytes: it may turn out to be a large value, so
 * only some hundred of them fit under the limit of pending output.
 */
export const awaitedReplyBytes = 64 * 1024;

/** What is told in place of replies whose group failed: what is true of a read, and of a write. */
export type GroupFailure = Readonly<Record<Effect, Refusal>>;

/** Writes that become durable together, as one connection sees them. */
export interface CommitGroup {
  state: "open" | "durable" | GroupFailure;
}

/** A reply that may go out. */
export interface DueReply {
  readonly reply: Reply;
  /** How it is put into bytes, when its request chose that. */
  readonly form?: ReplyForm | undefined;
}

/** A reply in the queue: the place of one request. */
export interface OwedReply {
  readonly demand: Demand;
  readonly form: ReplyForm | undefined;
  /** `undefined` until the outcome is there. */
  reply: Reply | undefined;
  group: CommitGroup | undefined;
}

/** See the top of this file. */
export class ReplyQueue {
  #owed: OwedReply[] = [];
  /** Index in `#owed` of the reply that goes out next. */
  #next = 0;
  #bytes = 0;
  readonly #groups = new Map<object, CommitGroup>();

  /** Whether no reply is owed. */
  get isEmpty(): boolean {
    return this.#next === this.#owed.length;
  }

  /** What all replies in the queue, and the writes they wait for, weigh, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Puts a reply at the end; it rests on `group`, or on nothing. */
  add({ reply, form }: DueReply, demand: Demand, group: CommitGroup | undefined): void {
    this.#owed.push({ demand, form, reply, group });
    this.#bytes += weigh(reply) + demand.writtenBytes;
  }

  /** Keeps the place at the end for a reply that is not there yet. */
  reserve(demand: Demand, form?: ReplyForm): OwedReply {
    const place: OwedReply = { demand, form, reply: undefined, group: undefined };
    this.#owed.push(place);
    this.#bytes += awaitedReplyBytes + demand.writtenBytes;
    return place;
  }

  /** Puts the reply in the place that was reserved for it. */
  fill(place: OwedReply, reply: Reply, group: CommitGroup | undefined): void {
    place.reply = reply;
    place.group = group;
    this.#bytes += weigh(reply) - awaitedReplyBytes;
  }

  /** The open group that goes by `key`. */
  group(key: object): CommitGroup | undefined {
    return this.#groups.get(key);
  }

  /** Opens a group that goes by `key` until it has settled. */
  openGroup(key: object): CommitGroup {
    const group: CommitGroup = { state: "open" };
    this.#groups.set(key, group);
    return group;
  }

  /** The group that goes by `key` is durable, or failed: the replies that rest on it may go out, or are replaced. */
  settleGroup(key: object, state: "durable" | GroupFailure): void {
    const group = this.#groups.get(key);
    if (group === undefined) throw new Error("a commit group settles once");
    group.state = state;
    this.#groups.delete(key);
  }

  /** Takes the next reply that may go out; `undefined` when the next one is held back, or none is owed. */
  take(): DueReply | undefined {
    const owed = this.#owed[this.#next];
    if (owed?.reply === undefined) return undefined;
    const { demand, reply, form } = owed;
    const state = owed.group?.state ?? "durable";
    if (state === "open") return undefined;
    this.#bytes -= weigh(reply) + demand.writtenBytes;
    this.#dropFirst();
    return { reply: state === "durable" ? reply : state[demand.effect], form };
  }

  /** Moves on; gives memory back when all is out, or when half of a long list is. */
  #dropFirst(): void {
    this.#next++;
    if (this.#next === this.#owed.length) {
      this.#owed = [];
      this.#next = 0;
    } else if (this.#next >= 1024 && this.#next * 2 >= this.#owed.length) {
      this.#owed = this.#owed.slice(this.#next);
      this.#next = 0;
    }
  }
}
