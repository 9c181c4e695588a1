import { KvError } from "../errors.ts";
import { RequestDecoder } from "./codec/decode-request.ts";
import { CommitGroups } from "./commit-groups.ts";
import { Later } from "./later.ts";
import type { ServedCall } from "./link.ts";
import { performRequest } from "./perform-request.ts";
import type { RemoteOperation, RemoteRequest } from "./request.ts";
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
}

/**
 * Serves the requests that come over the links of a node. Each gets one answer: at once, in the same turn, when its outcome is
 * there and rests on nothing, and otherwise when it is durable here.
 *
 * Surely not begun, and answered so: a request that is none, and one whose time is over. Whether one goes in a loop is the router's
 * to say: a node that serves it is no part of one.
 */
export class RequestServer {
  readonly #router: ServingRouter;
  readonly #moves: ServingMoves;
  readonly #terms: ReplyTerms;
  readonly #decoder = new RequestDecoder();

  constructor({ router, moves, answerLimitBytes, onBug }: RequestServerOptions) {
    this.#router = router;
    this.#moves = moves;
    const groups = new CommitGroups(onBug);
    this.#terms = { node: router.node, groups, answerLimitBytes, onBug };
  }

  /** Begins the request that `call` brings, after those that were begun before it. Throws nothing but what the link throws. */
  serve(call: ServedCall): void {
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
    if (served instanceof Later) served.whenSettled(reply);
    else if (served instanceof Promise) {
      served
        .then(
          (answer) => reply.answered(answer),
          (error: unknown) => reply.failed(error),
        )
        .catch(this.#terms.onBug);
    } else reply.answered(served);
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
