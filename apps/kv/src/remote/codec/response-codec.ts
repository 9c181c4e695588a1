import type { RemoteOperation } from "../request.ts";
import type { RemoteFailure, RemoteOutcomes } from "../response.ts";
import {
  countBucketsCodec,
  createBucketCodec,
  describeBucketCodec,
  dropBucketCodec,
} from "./bucket-outcomes.ts";
import { readFailure } from "./failure.ts";
import { deleteCodec, describeKeyCodec, expireCodec, getCodec, putCodec } from "./key-outcomes.ts";
import { listBucketsCodec, listKeysCodec } from "./listing-outcomes.ts";
import type { OutcomeCodec } from "./outcome-codec.ts";
import { KIND } from "./outcome-kind.ts";
import { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

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
};

/** Lays out the response that there is `outcome`, as drawn at `RemoteResponse`; with a writer that counts, measures it. */
export function writeOutcome<Operation extends RemoteOperation>(
  writer: WireWriter,
  operation: Operation,
  outcome: RemoteOutcomes[Operation],
): void {
  OUTCOME_CODECS[operation].write(writer, outcome);
}

/**
 * The outcome in `payload`, a response to `operation`: `undefined` when it is anything else than one whole outcome of that.
 * Nothing in it is memory of `payload`.
 */
export function decodeOutcome<Operation extends RemoteOperation>(
  operation: Operation,
  payload: Uint8Array,
): RemoteOutcomes[Operation] | undefined {
  const isListing = operation === "list-keys" || operation === "list-buckets";
  // One copy for all names of a page, instead of one for each.
  const reader = new WireReader(isListing ? Uint8Array.from(payload) : payload);
  const outcome = OUTCOME_CODECS[operation].read(reader, reader.u8());
  return reader.isWhole ? outcome : undefined;
}

/** Whether `payload` says that there is no outcome, in case it says anything. */
export function isFailure(payload: Uint8Array): boolean {
  return payload[0] === KIND.failed;
}

/** The failure in `payload`; `undefined` when it is anything else than one whole failure with a code that is known here. */
export function decodeFailure(payload: Uint8Array): RemoteFailure | undefined {
  const reader = new WireReader(payload);
  if (reader.u8() !== KIND.failed) return undefined;
  const failure = readFailure(reader);
  return reader.isWhole ? failure : undefined;
}
