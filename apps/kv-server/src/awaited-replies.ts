import { type Answer, Later, type LaterListener, type PlainAsker } from "@kv/kv";
import { AwaitedPlain } from "./awaited-plain.ts";
import type { Demand, Effect } from "./execute/demand.ts";
import type { Replying } from "./execute/replying.ts";
import { Steps } from "./execute/steps.ts";
import type { GroupListener } from "./group-listener.ts";
import type { PlainRequest } from "./plain-request.ts";
import { isRequestFailure, refusalOf } from "./refusal.ts";
import type { Reply } from "./reply.ts";
import type { CommitGroup, ReplyQueue, ReservedReply } from "./reply-queue.ts";
import type { ReplyForm } from "./request.ts";
import type { ServerLog } from "./server-log.ts";

/** What {@link AwaitedReplies} work with. */
export interface AwaitedRepliesOptions {
  readonly queue: ReplyQueue;
  readonly groups: GroupListener;
  readonly log: Pick<ServerLog, "requestFailed">;
  /** Which routing table requests go by now: compared by identity. */
  readonly epoch: () => unknown;
  /** A reply has come, or the next request may begin. Called for each: it should only take notice. */
  readonly onProgress: () => void;
  /** Something failed that must not. */
  readonly onBug: (error: unknown) => void;
}

/** A request that is under way, beside its answer. */
export interface Asked {
  readonly demand: Demand;
  readonly form: ReplyForm | undefined;
  /** Whether what comes behind it reaches its bucket later; what goes over several buckets would see it in some of them. */
  readonly isOfOneBucket?: boolean;
}

/**
 * The replies of one connection whose answers are not there yet, and what must wait for them.
 *
 * Requests for the buckets of one node reach it in order, so a pipeline is not held up by answers that come later. Two
 * things hold it: a command that another request must not come into the midst of; and a routing table that is not
 * the one by which those under way have gone: its owners know nothing yet of what the others are being asked.
 */
export class AwaitedReplies {
  readonly #options: AwaitedRepliesOptions;
  #underWay = 0;
  /** The one that nothing may overtake. */
  #held: ReservedReply | undefined;
  /** The table by which all those under way have gone. */
  #epoch: unknown;

  constructor(options: AwaitedRepliesOptions) {
    this.#options = options;
  }

  /** Whether the next request must not begin yet. */
  get isHolding(): boolean {
    return (
      this.#held !== undefined || (this.#underWay > 0 && this.#epoch !== this.#options.epoch())
    );
  }

  /** Keeps the next place for the reply that `replying` comes to. */
  expect(replying: Exclude<Replying<Reply>, Answer<Reply>>, asked: Asked): void {
    const place = this.#reserve(asked);
    if (replying instanceof Later) {
      replying.whenSettled(place);
      return;
    }
    // Of a promise it is not known what has been done already when the next write begins.
    const isInOrder = place.effect === "read" && asked.isOfOneBucket === true;
    if (replying instanceof Steps || !isInOrder) this.#held = place;
    replying.then(
      (answer) => place.answered(answer),
      (error: unknown) => place.failed(error),
    );
  }

  /** The same for a reply of the server's own: nothing may overtake it. */
  expectFirst(replying: Promise<Reply>, asked: Asked): void {
    const place = this.#reserve(asked);
    this.#held = place;
    replying.then(
      (reply) => place.answered({ outcome: reply, durable: undefined }),
      (error: unknown) => place.failed(error),
    );
  }

  /** Asks `asker` for what is plain, and keeps the next place for its reply. Throws what that throws, and keeps none then. */
  ask(asker: PlainAsker, plain: PlainRequest): void {
    const place = new AwaitedPlain(this, plain);
    asker.ask(plain, place);
    this.#keep(place);
  }

  /** {@link AwaitedReplies.fill} for what rests on nothing. Throws nothing. */
  fillAtOnce(place: ReservedReply, reply: Reply): void {
    try {
      this.#options.queue.fill(place, reply, undefined);
      this.#goOn(place);
    } catch (error) {
      this.#options.onBug(error);
    }
  }

  /** The answer to the request that has this place. Throws nothing: a link to another node is no place for a bug of ours. */
  fill(place: ReservedReply, { outcome, durable }: Answer<Reply>): void {
    const { queue, groups, onBug } = this.#options;
    try {
      queue.fill(place, outcome, groups.groupOf(durable));
      this.#goOn(place);
    } catch (error) {
      onBug(error);
    }
  }

  /** Why there is none. Throws nothing. */
  fail(place: ReservedReply, error: unknown): void {
    const { log, onBug } = this.#options;
    if (!isRequestFailure(error)) {
      onBug(error);
      return;
    }
    log.requestFailed(error);
    this.fill(place, { outcome: refusalOf(error, place.effect), durable: undefined });
  }

  #reserve(asked: Asked): AwaitedReply {
    const place = new AwaitedReply(this, asked);
    this.#keep(place);
    return place;
  }

  #keep(place: ReservedReply): void {
    if (this.#underWay === 0) this.#epoch = this.#options.epoch();
    this.#underWay++;
    this.#options.queue.reserve(place);
  }

  #goOn(place: ReservedReply): void {
    this.#underWay--;
    if (this.#held === place) this.#held = undefined;
    this.#options.onProgress();
  }
}

/** The place of a request that is under way. It listens for its answer itself: nothing else is made for it. */
class AwaitedReply implements ReservedReply, LaterListener<Reply> {
  readonly effect: Effect;
  readonly form: ReplyForm | undefined;
  reply: Reply | undefined = undefined;
  readonly value = undefined;
  group: CommitGroup | undefined = undefined;
  bytes: number;
  awaitedBytes = 0;
  more = 0;
  readonly #replies: AwaitedReplies;

  constructor(replies: AwaitedReplies, { demand, form }: Asked) {
    this.#replies = replies;
    this.effect = demand.effect;
    this.form = form;
    this.bytes = demand.writtenBytes;
  }

  answered(answer: Answer<Reply>): void {
    this.#replies.fill(this, answer);
  }

  failed(error: unknown): void {
    this.#replies.fail(this, error);
  }
}
