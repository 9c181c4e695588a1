import type { BucketName } from "../bucket-name.ts";
import type { ListBucketsRequest, ListKeysRequest, RemoteRequest } from "./request.ts";

/** How long a page is of which nothing is said. */
const DEFAULT_LIMIT = 1000;

/** A request for a page of a listing. */
export type ListingRequest = ListBucketsRequest | ListKeysRequest;

/** Whether `request` is for a page, which may be asked for again with fewer entries. */
export function isListing(request: RemoteRequest): request is ListingRequest {
  return request.type === "list-keys" || request.type === "list-buckets";
}

/** `request` in memory of its own, for use after the turn in which it came. */
export function ownListing(request: ListingRequest): ListingRequest {
  if (request.type === "list-buckets") return request;
  return { ...request, bucket: copyOf(request.bucket) };
}

/** `request` for half as many entries; `undefined` when it was for one. */
export function shorterListing(request: ListingRequest): ListingRequest | undefined {
  const limit = Math.floor((request.limit ?? DEFAULT_LIMIT) / 2);
  return limit === 0 ? undefined : { ...request, limit };
}

function copyOf(bucket: BucketName): BucketName {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a copy of a name is a name
  return Uint8Array.from(bucket) as BucketName;
}
