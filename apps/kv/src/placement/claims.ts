/**
 * A bucket that a node is to serve by its table, and does not hold, may lie where it was by a table from before. So the node asks the
 * owners by those tables first. Each serves the request if it holds the bucket, and otherwise says that it does not, or to whom it gave
 * it: it never looks into a table for that and never passes the request on, so that nothing goes in circles. Where all say no, the bucket
 * is nowhere, and this node answers for it.
 *
 * Two nodes may do so at once. So a node that says no to what would make the bucket gives it away with that, durably, and sends on
 * whatever it is asked for later. And of two that ask each other at once one waits: the one whose name comes first.
 */
import type { NodeName } from "@kv/cluster";
import type { Answer } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import { isKvError, KvError } from "../errors.ts";
import { hopsToFormerOwner } from "../remote/hops.ts";
import { RemoteBuckets } from "../remote/remote-buckets.ts";
import type { RemoteTerms } from "../routes.ts";
import { BucketQueues } from "./bucket-queues.ts";
import type { DeferredOperation } from "./deferred-buckets.ts";
import { deferredBuckets } from "./deferred-buckets.ts";
import type { BucketOperations } from "./departing-buckets.ts";

/** A bucket that is this node's if none of `asked` holds it. */
export interface Claim {
  readonly type: "claim";
  readonly asked: readonly NodeName[];
}

/** Where a bucket is when one looks again. */
export interface PlacesAgain {
  /** The claim, as long as it is one. */
  readonly find: (bucket: BucketName) => Claim | undefined;
  /** Where it is served now; this node's store where all have been asked. */
  readonly place: (bucket: BucketName) => BucketOperations;
}

interface Search {
  readonly first: Claim;
  readonly deadlineMs: number;
}

/** What claims are made with. */
export interface ClaimsOptions {
  readonly self: NodeName;
  readonly remote: RemoteTerms;
  /** Tells a node that it serves a bucket since that move. */
  readonly activate: (node: NodeName, bucket: BucketName, moveId: string) => void;
}

/** Looks for buckets at those who had them, before this node answers for them. */
export class Claims {
  readonly #options: ClaimsOptions;
  readonly #queues = new BucketQueues();

  constructor(options: ClaimsOptions) {
    this.#options = options;
  }

  /** Whether former owners are being asked for `bucket`: what comes later must not overtake that. */
  isUnderWay(bucket: BucketName): boolean {
    return this.#queues.isBusy(bucket);
  }

  /** Resolves when none is being asked for `bucket`. */
  settled(bucket: BucketName): Promise<void> {
    return this.#queues.idle(bucket);
  }

  /**
   * The operations on a bucket that `first` is about: done by whoever holds it, and otherwise at the place that is found then. Fail
   * with `KV_TOO_LATE` when nothing was done by `deadlineMs`.
   */
  buckets(first: Claim, deadlineMs: number, places: PlacesAgain): BucketOperations {
    return deferredBuckets(async (operation) => {
      const { bucket, doAt } = operation;
      const begun = await this.#queues.inTurn(bucket, async () => {
        const { find } = places;
        const answer = await this.#lookFor(operation, { first, deadlineMs, find });
        // Begun before anything that waits; only its answer may come later.
        if (answer === undefined) return { served: doAt(places.place(bucket)) };
        return { answer };
      });
      return begun.answer ?? (await begun.served);
    });
  }

  /** The answer of a node that holds the bucket; `undefined` when there is none, or when the place is known without asking. */
  async #lookFor<Outcome>(
    operation: DeferredOperation<Outcome>,
    { first, deadlineMs, find }: Pick<PlacesAgain, "find"> & Search,
  ): Promise<Answer<Outcome> | undefined> {
    const { self } = this.#options;
    const asked = new Set<NodeName>();
    const path: NodeName[] = [];
    const likely = [...first.asked];
    for (;;) {
      const now = find(operation.bucket);
      if (now === undefined) return undefined;
      const node = likely.concat(now.asked).find((each) => each !== self && !asked.has(each));
      if (node === undefined) return undefined;
      asked.add(node);
      path.push(node);
      if (path.length > STEP_LIMIT) throw new KvError("KV_TOO_MANY_HOPS", { path });
      const answer = await this.#ask(operation, node, deadlineMs);
      if (!(answer instanceof KvError)) return answer;
      if (!isKvError(answer, "KV_GIVEN_AWAY")) continue;
      const { to, moveId } = answer.details;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the node has it from its own records
      const holder = to as NodeName;
      if (moveId !== "") this.#options.activate(holder, operation.bucket, moveId);
      // It may have got the bucket since it was asked.
      asked.delete(holder);
      likely.unshift(holder);
    }
  }

  async #ask<Outcome>(
    operation: DeferredOperation<Outcome>,
    node: NodeName,
    deadlineMs: number,
  ): Promise<Answer<Outcome> | KvError> {
    const { self, remote } = this.#options;
    const { caller, clock } = remote;
    const timeoutMs = deadlineMs - clock();
    if (timeoutMs <= 0) throw new KvError("KV_TOO_LATE", { node: self });
    const hops = hopsToFormerOwner(self);
    const route = { caller, clock, node, hops, timeoutMs: () => timeoutMs };
    try {
      return await operation.doAt(new RemoteBuckets(route));
    } catch (error) {
      const isNo = isKvError(error, "KV_NOT_HERE") || isKvError(error, "KV_GIVEN_AWAY");
      if (isNo) return error;
      throw error;
    }
  }
}

/** Nodes that are asked for one bucket: more than tables that differ lead to, and an end for those that send back and forth. */
const STEP_LIMIT = 32;
