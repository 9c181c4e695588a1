import { KvError } from "../errors.ts";
import { RequestDecoder } from "./codec/decode-request.ts";
import { CommitGroups } from "./commit-groups.ts";
import { Later } from "./later.ts";
import type { ServedCall } from "./link.ts";
import type { NodeName } from "@kv/cluster";
import { performRequest } from "./perform-request.ts";
import { PlainRequests } from "./plain-requests.ts";
import { nameKey } from "../placement/system-bucket.ts";
import { RequestLane } from "./request-lane.ts";
import { isOfNode, type RemoteOperation, type RemoteRequest } from "./request.ts";
import { type ReplyTerms, ServedReply } from "./served-reply.ts";
import type { ServingMoves } from "./serving-moves.ts";
import type { ServingRouter } from "./serving-router.ts";
import { isListing, type ListingRequest, ownListing, shorterListing } from "./shorter-listing.ts";

/** What serves the requests of other nodes. */
export interface RequestServerOptions {
  readonly router: ServingRouter;
  readonly moves: ServingMoves;
  /** Longest answer that a link takes: at least a kibibyte and a value. Pages of listings are cut to fit. */
  readonly answerLimitBytes: number;
  /** Something failed that must not; the request was answered, and the node serves on. */
  readonly onBug: (error: unknown) => void;
  /** A clock that only goes on, in milliseconds. */
  readonly nowMs: () => number;
}

/**
 * Serves the requests that come over the links of a node. Each gets one answer: at once, in the same turn, when its outcome is
 * there and rests on nothing, and otherwise when it is durable here.
 *
 * Those of one node are carried out in their order, also while buckets change their owners: what it asks waits while something is
 * unanswered that was passed on before such a change.
 *
 * Surely not begun, and answered so: a request that is none, and one whose time is over. Whether one goes in a loop is the router's
 * to say: a node that serves it is no part of one.
 */
export class RequestServer {
  readonly #router: ServingRouter;
  readonly #moves: ServingMoves;
  readonly #terms: ReplyTerms;
  readonly #decoder = new RequestDecoder();
  readonly #plain: PlainRequests;
  readonly #nowMs: () => number;
  readonly #lanes = new Map<NodeName, RequestLane>();

  constructor({ router, moves, answerLimitBytes, onBug, nowMs }: RequestServerOptions) {
    this.#nowMs = nowMs;
    this.#router = router;
    this.#moves = moves;
    const groups = new CommitGroups(onBug);
    this.#terms = { node: router.node, groups, answerLimitBytes, onBug };
    this.#plain = new PlainRequests(router, this.#terms);
  }

  /** A hint: the first `count` of `calls` will be served next, in that order, before this is called again. */
  foresee(calls: readonly (ServedCall | undefined)[], count: number): void {
    this.#plain.foresee(calls, count);
  }

  /** Begins the request that `call` brings, after those that were begun before it. Throws nothing but what the link throws. */
  serve(call: ServedCall): void {
    const lane = this.#lanes.get(call.from);
    // The epoch is worked out for those only that have had something passed on.
    if (lane?.mayHold(this.#router.epoch()) !== true) {
      this.#begin(call);
      return;
    }
    const bucket = this.#waitsFor(call);
    if (bucket !== undefined && lane.mustWait(bucket, this.#router.epoch())) lane.add(bucket, call);
    else this.#begin(call);
  }

  /**
   * The bucket whose turn a request has to wait for. What belongs to a move, and what this node has passed on before, goes on: what is
   * waited for may wait for it.
   */
  #waitsFor(call: ServedCall): string | undefined {
    const request = this.#decoder.decode(call.payload);
    if (request === undefined || isOfNode(request)) return undefined;
    // Nor does what is asked of a former owner: whoever asks has others wait for it.
    if (request.hops.asksFormerOwner === true) return undefined;
    if (request.hops.nodes.includes(this.#router.node)) return undefined;
    return trackOf(request);
  }

  #begin(call: ServedCall): void {
    if (this.#plain.serve(call)) return;
    const request = this.#decoder.decode(call.payload);
    if (request === undefined) {
      const { node } = this.#router;
      // A failure is written alike whatever was asked.
      const reply = this.#reply(call, "count-buckets");
      reply.failed(new KvError("KV_REQUEST_NOT_UNDERSTOOD", { node }));
      return;
    }
    const refusal = this.#refusalOf(call);
    if (refusal === undefined) this.#perform(request, call);
    else this.#reply(call, request.type).failed(refusal);
  }

  /** The reason why a request is not begun. */
  #refusalOf({ remainingMs }: ServedCall): KvError | undefined {
    return remainingMs > 0 ? undefined : new KvError("KV_TOO_LATE", { node: this.#router.node });
  }

  #perform(request: RemoteRequest, call: ServedCall): void {
    const reply = this.#reply(call, request.type);
    if (isListing(request)) this.#shortenAsNeeded(request, { reply, call });
    const passage = { hops: request.hops, timeoutMs: call.remainingMs };
    let served: ReturnType<typeof performRequest>;
    try {
      served = performRequest(
        { buckets: this.#router.serving(passage), moves: this.#moves },
        request,
      );
    } catch (error) {
      reply.failed(error);
      return;
    }
    if (served instanceof Later) {
      this.#laneOf(call.from).follow(trackOf(request), served, reply, this.#router.epoch());
    } else if (served instanceof Promise) {
      served
        .then(
          (answer) => reply.answered(answer),
          (error: unknown) => reply.failed(error),
        )
        .catch(this.#terms.onBug);
    } else reply.answered(served);
  }

  #laneOf(from: NodeName): RequestLane {
    const lane =
      this.#lanes.get(from) ??
      new RequestLane({
        epoch: () => this.#router.epoch(),
        begin: (call) => this.#begin(call),
        nowMs: this.#nowMs,
      });
    this.#lanes.set(from, lane);
    return lane;
  }

  /** A page that is too large is asked for again with fewer entries, from the same place on. */
  #shortenAsNeeded(
    request: ListingRequest,
    { reply, call }: { readonly reply: ServedReply; readonly call: ServedCall },
  ): void {
    const shorter = shorterListing(ownListing(request));
    if (shorter !== undefined) reply.onTooLarge = () => this.#perform(shorter, call);
  }

  #reply(call: ServedCall, operation: RemoteOperation): ServedReply {
    return new ServedReply(this.#terms, call, operation);
  }
}

/** By which requests wait for each other: those about one bucket do. What is about all buckets is answered by this node alone. */
function trackOf(request: RemoteRequest): string {
  return "bucket" in request ? nameKey(request.bucket) : "";
}
