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
import { plainReplyBytes, type Refusal, type Reply, weigh } from "./reply.ts";
import type { ReplyForm } from "./request.ts";
import type { ShelvedValue } from "./value-shelf.ts";

/**
 * What a reply to a read that is not there yet is taken to weigh at first, in bytes: it may turn out to be a large value, so
 * only some hundred of them fit under the limit of pending output.
 */
export const awaitedReplyBytes = 64 * 1024;

/**
 * Replies are mostly as large as those before them: one that is not there yet is taken to weigh as much as the largest of
 * the latest, but no less than this, in bytes. So a client that reads short values has a thousand requests under way,
 * and one that reads large ones only as many as fit under the limit. Of all connections together, as everything that is
 * pending, no more are under way than the total of it allows.
 */
export const leastAwaitedBytes = 8 * 1024;

/** By how much of itself what is expected becomes less with each reply that is shorter: half of it in eleven. */
const forgottenShare = 1 / 16;

/** What is told in place of replies whose group failed: what is true of a read, of a write, and of several. */
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
  /** The value that goes out in its place. */
  readonly value?: ShelvedValue | undefined;
}

/** A reply in the queue: the place of one request. */
export interface OwedReply {
  readonly effect: Effect;
  readonly form: ReplyForm | undefined;
  /** `undefined` until the outcome is there. */
  reply: Reply | undefined;
  group: CommitGroup | undefined;
  /** What it weighs in the queue, and the write that it waits for. */
  bytes: number;
  /** How many more replies stand here that are the same in everything. */
  more: number;
}

/** The place of a reply that is not there yet. */
export interface ReservedReply extends OwedReply {
  /** See {@link DueReply.value}. */
  readonly value?: ShelvedValue | undefined;
  /** What it weighs for want of a reply. */
  awaitedBytes: number;
}

/** One that may be told is what there is to tell: nothing is made of it when it is taken. */
type ToldReply = OwedReply & { readonly reply: Reply };

/** See the top of this file. */
export class ReplyQueue {
  #owed: OwedReply[] = [];
  /** Index in `#owed` of the reply that goes out next. */
  #next = 0;
  #bytes = 0;
  /** What the reply to a read is taken to weigh until it is there. */
  #expectedBytes = awaitedReplyBytes;
  /** The open groups but for the latest: mostly none, and then none ever gets here. */
  readonly #olderGroups = new Map<object, CommitGroup>();
  /** The group that was opened last, which nearly all requests rest on, while it is open, and what it goes by. */
  #latestKey: object | undefined;
  #latestGroup: CommitGroup | undefined;

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
    const bytes = weigh(reply) + demand.writtenBytes;
    this.#owed.push({ effect: demand.effect, form, reply, group, bytes, more: 0 });
    this.#bytes += bytes;
  }

  /**
   * {@link add} for the reply to a plain put of so many bytes. Most of a pipeline's are the same object, and rest on the same group:
   * they stand in one place.
   */
  addWritten(due: DueReply, writtenBytes: number, group: CommitGroup | undefined): void {
    const { reply, form } = due;
    const bytes = plainReplyBytes + writtenBytes;
    this.#bytes += bytes;
    const last = this.#owed[this.#owed.length - 1];
    const isSame =
      last !== undefined && last.reply === reply && last.form === form && last.group === group;
    if (isSame && last.bytes === bytes && this.#next < this.#owed.length) last.more++;
    else this.#owed.push({ effect: "write", form, reply, group, bytes, more: 0 });
  }

  /**
   * Keeps the place at the end for a reply that is not there yet, and adds to its weight what that may come to: a write's
   * is a plain one.
   */
  reserve(place: ReservedReply): void {
    place.awaitedBytes = place.effect === "read" ? this.#expectedBytes : plainReplyBytes;
    place.bytes += place.awaitedBytes;
    this.#owed.push(place);
    this.#bytes += place.bytes;
  }

  /** Puts the reply in the place that was reserved for it. */
  fill(place: ReservedReply, reply: Reply, group: CommitGroup | undefined): void {
    const { value } = place;
    const replyBytes =
      value === undefined ? weigh(reply) : plainReplyBytes + value.end - value.start;
    const moreBytes = replyBytes - place.awaitedBytes;
    place.reply = reply;
    place.group = group;
    place.bytes += moreBytes;
    this.#bytes += moreBytes;
    if (place.effect !== "read") return;
    const rememberedBytes = Math.floor(this.#expectedBytes * (1 - forgottenShare));
    this.#expectedBytes = Math.max(replyBytes, rememberedBytes, leastAwaitedBytes);
  }

  /** The open group that goes by `key`. */
  group(key: object): CommitGroup | undefined {
    return key === this.#latestKey ? this.#latestGroup : this.#olderGroups.get(key);
  }

  /** Opens a group that goes by `key` until it has settled. */
  openGroup(key: object): CommitGroup {
    const group: CommitGroup = { state: "open" };
    const [latestKey, latest] = [this.#latestKey, this.#latestGroup];
    if (latestKey !== undefined && latest !== undefined) this.#olderGroups.set(latestKey, latest);
    this.#latestKey = key;
    this.#latestGroup = group;
    return group;
  }

  /** The group that goes by `key` is durable, or failed: the replies that rest on it may go out, or are replaced. */
  settleGroup(key: object, state: "durable" | GroupFailure): void {
    const group = this.group(key);
    if (group === undefined) throw new Error("a commit group settles once");
    group.state = state;
    if (key === this.#latestKey) {
      this.#latestKey = undefined;
      this.#latestGroup = undefined;
    } else this.#olderGroups.delete(key);
  }

  /** Takes the next reply that may go out; `undefined` when the next one is held back, or none is owed. */
  take(): DueReply | undefined {
    const owed = this.#owed[this.#next];
    if (owed === undefined || !isThere(owed)) return undefined;
    const state = owed.group === undefined ? "durable" : owed.group.state;
    if (state === "open") return undefined;
    this.#bytes -= owed.bytes;
    if (owed.more > 0) owed.more--;
    else this.#dropFirst();
    return state === "durable" ? owed : { reply: state[owed.effect], form: owed.form };
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

function isThere(owed: OwedReply): owed is ToldReply {
  return owed.reply !== undefined;
}
