import type { RemoteOperation } from "../request.ts";
import type { RemoteOutcomes, RemoteResponse } from "../response.ts";
import {
  countBucketsCodec,
  createBucketCodec,
  describeBucketCodec,
  dropBucketCodec,
} from "./bucket-outcomes.ts";
import { readFailure, writeFailure } from "./failure.ts";
import { deleteCodec, describeKeyCodec, expireCodec, getCodec, putCodec } from "./key-outcomes.ts";
import { listBucketsCodec, listKeysCodec } from "./listing-outcomes.ts";
import { moveCodec, routingCodec } from "./move-outcomes.ts";
import type { OutcomeCodec } from "./outcome-codec.ts";
import { KIND } from "./outcome-kind.ts";
import { WireReader } from "./wire-reader.ts";
import { WireWriter } from "./wire-writer.ts";

/** The codec of each operation's outcomes. */
const OUTCOME_CODECS: {
  readonly [Operation in RemoteOperation]: OutcomeCodec<RemoteOutcomes[Operation]>;
} = {
  "create-bucket": createBucketCodec,
  "drop-bucket": dropBucketCodec,
  "describe-bucket": describeBucketCodec,
  get: getCodec,
  "describe-key": describeKeyCodec,
  put: putCodec,
  delete: deleteCodec,
  expire: expireCodec,
  "list-buckets": listBucketsCodec,
  "list-keys": listKeysCodec,
  "count-buckets": countBucketsCodec,
  "move-begin": moveCodec,
  "move-fields": moveCodec,
  "move-activate": moveCodec,
  routing: routingCodec,
};

/** How many bytes `response`, which answers `operation`, takes. */
export function measureResponse<Operation extends RemoteOperation>(
  operation: Operation,
  response: RemoteResponse<Operation>,
): number {
  const counter = new WireWriter();
  writeResponse(counter, operation, response);
  return counter.at;
}

/** Lays out `response`, which answers `operation`, as drawn at {@link RemoteResponse}. */
export function writeResponse<Operation extends RemoteOperation>(
  writer: WireWriter,
  operation: Operation,
  response: RemoteResponse<Operation>,
): void {
  if (response instanceof Error) writeFailure(writer, response);
  else OUTCOME_CODECS[operation].write(writer, response);
}

/**
 * The response to `operation` in `payload`, an outcome or a failure. `undefined` when it is anything else than one whole
 * response to that: the failures' codes are closed too. Nothing in it is memory of `payload`.
 */
export function decodeResponse<Operation extends RemoteOperation>(
  operation: Operation,
  payload: Uint8Array,
): RemoteResponse<Operation> | undefined {
  const isListing = operation === "list-keys" || operation === "list-buckets";
  // One copy for all names of a page, instead of one for each.
  const reader = new WireReader(isListing ? Uint8Array.from(payload) : payload);
  const kind = reader.u8();
  const response =
    kind === KIND.failed ? readFailure(reader) : OUTCOME_CODECS[operation].read(reader, kind);
  return reader.isWhole ? response : undefined;
}
