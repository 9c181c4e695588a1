import type { Served } from "./later.ts";
import type { RemoteRequest } from "./request.ts";
import type { RemoteOutcomes } from "./response.ts";
import type { ServingMoves } from "./serving-moves.ts";
import type { ServingBuckets } from "./serving-router.ts";

/** What the requests of other nodes are done with. */
export interface Performers {
  readonly buckets: ServingBuckets;
  readonly moves: ServingMoves;
}

/** Any outcome that a request may have. */
export type AnyOutcome = RemoteOutcomes[keyof RemoteOutcomes];

/** Does what `request` asks for; its arrays are read during the call only. Throws what those throw that it is done with. */
export function performRequest(
  { buckets, moves }: Performers,
  request: RemoteRequest,
): Served<AnyOutcome> {
  switch (request.type) {
    case "get":
      return buckets.get(request.bucket, request.key);
    case "put":
      return buckets.put(request.bucket, request.fields, request);
    case "delete":
      return buckets.delete(request.bucket, request.keys, request.condition);
    case "describe-key":
      return buckets.describeKey(request.bucket, request.key);
    case "expire":
      return buckets.expire(request.bucket, request.key, request);
    case "create-bucket":
      return buckets.createBucket(request.bucket);
    case "drop-bucket":
      return buckets.dropBucket(request.bucket);
    case "describe-bucket":
      return buckets.describeBucket(request.bucket);
    case "list-keys":
      return buckets.listKeys(request.bucket, request);
    case "list-buckets":
      return buckets.listBuckets(request);
    case "move-begin":
      return moves.begin(request);
    case "move-fields":
      return moves.add(request);
    case "move-activate":
      return moves.activate(request);
    case "routing":
      return moves.routing(request);
    case "count-buckets":
  }
  return buckets.countBuckets();
}
