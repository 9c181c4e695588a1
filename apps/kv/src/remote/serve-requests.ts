import { KvError } from "../errors.ts";
import { RequestDecoder } from "./codec/decode-request.ts";
import { CommitGroups } from "./commit-groups.ts";
import { Later } from "./later.ts";
import type { ServedCall } from "./link.ts";
import { performRequest } from "./perform-request.ts";
import type { RemoteRequest } from "./request.ts";
import { type ReplyTerms, sendResponse, ServedReply } from "./served-reply.ts";
import type { ServingRouter } from "./serving-router.ts";

/** What serves the requests of other nodes. */
export interface RequestServerOptions {
  readonly router: ServingRouter;
  /** Something failed that must not; the request was answered, and the node serves on. */
  readonly onBug: (error: unknown) => void;
}

/**
 * Serves the requests that come over the links of a node. Each gets one answer: at once, in the same turn, when its outcome is
 * there and rests on nothing, and otherwise when it is durable here.
 *
 * Surely not begun, and answered so: a request that is none, one whose time is over, and one that has been here before.
 */
export class RequestServer {
  readonly #router: ServingRouter;
  readonly #terms: ReplyTerms;
  readonly #decoder = new RequestDecoder();

  constructor({ router, onBug }: RequestServerOptions) {
    this.#router = router;
    this.#terms = { node: router.node, groups: new CommitGroups(onBug), onBug };
  }

  /** Begins the request that `call` brings, after those that were begun before it. Throws nothing but what the link throws. */
  serve(call: ServedCall): void {
    const refusal = this.#begin(call);
    // A failure is written alike whatever was asked.
    if (refusal !== undefined) sendResponse(call, "count-buckets", refusal);
  }

  /** The reason why the request was not begun. */
  #begin(call: ServedCall): KvError | undefined {
    const { node } = this.#router;
    if (call.remainingMs <= 0) return new KvError("KV_TOO_LATE", { node });
    const request = this.#decoder.decode(call.payload);
    if (request === undefined) return new KvError("KV_REQUEST_NOT_UNDERSTOOD", { node });
    const { nodes } = request.hops;
    if (nodes.includes(node)) return new KvError("KV_ROUTING_LOOP", { path: [...nodes, node] });
    this.#perform(request, call);
    return undefined;
  }

  #perform(request: RemoteRequest, call: ServedCall): void {
    const reply = new ServedReply(this.#terms, call, request.type);
    const passage = { hops: request.hops, timeoutMs: call.remainingMs };
    let served: ReturnType<typeof performRequest>;
    try {
      served = performRequest(this.#router.serving(passage), request);
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
}
