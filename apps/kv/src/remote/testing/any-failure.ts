import { StorageError, type StorageErrorCode, type StorageFailures } from "@kv/storage";
import fc from "fast-check";
import { KvError, type KvErrorCode, type KvFailures } from "../../errors.ts";
import type { RemoteFailure } from "../response.ts";
import { anyCount, plain } from "./any-part.ts";

const text = fc.string({ unit: "binary", maxLength: 20 });
const node = text;
const path = text;
const reason = text;
const wayOut = text;
const offsetBytes = anyCount;
const mayHaveBeenApplied = fc.boolean();
const toNode = fc.record({ node }, plain);
const sentToNode = fc.record({ node, mayHaveBeenApplied }, plain);
const hops = fc.record({ path: fc.array(text, { maxLength: 9 }) }, plain);
const pathReason = fc.record({ path, reason }, plain);
const placeReason = fc.record({ path, offsetBytes, reason }, plain);

const kvDetails: { readonly [Code in KvErrorCode]: fc.Arbitrary<KvFailures[Code]> } = {
  KV_NO_ROUTE: fc.record({ bucket: text }, plain),
  KV_NO_CONNECTION: toNode,
  KV_NO_STORE: toNode,
  KV_NOT_ANSWERED: fc.record({ node, timeoutMs: anyCount, mayHaveBeenApplied }, plain),
  KV_SILENT: fc.record({ node, silentMs: anyCount, mayHaveBeenApplied }, plain),
  KV_CONNECTION_LOST: sentToNode,
  KV_CONGESTED: toNode,
  KV_REQUEST_TOO_LARGE: toNode,
  KV_ANSWER_TOO_LARGE: sentToNode,
  KV_TOO_LATE: toNode,
  KV_ROUTING_LOOP: hops,
  KV_TOO_MANY_HOPS: hops,
  KV_REQUEST_NOT_UNDERSTOOD: toNode,
  KV_ANSWER_NOT_UNDERSTOOD: sentToNode,
  KV_NODE_FAILED: sentToNode,
  KV_REFUSED: fc.record({ node, reason }, plain),
  KV_NOT_HERE: toNode,
  KV_FENCED: toNode,
  KV_GIVEN_AWAY: fc.record({ node, to: text, moveId: text }, plain),
};

const storageDetails: {
  readonly [Code in StorageErrorCode]: fc.Arbitrary<StorageFailures[Code]>;
} = {
  STORAGE_NOT_OPEN: fc.record({ path }, plain),
  STORAGE_LOCKED: fc.record({ path, holder: text }, plain),
  STORAGE_INACCESSIBLE: fc.record({ path, reason, wayOut }, plain),
  STORAGE_DAMAGED: fc.record({ path, offsetBytes, reason, wayOut }, plain),
  STORAGE_FORMAT: fc.record({ path, found: anyCount, supported: anyCount }, plain),
  STORAGE_VALUE_DAMAGED: placeReason,
  STORAGE_READ_FAILED: placeReason,
  STORAGE_CURSOR: fc.record({ cursor: text }, plain),
  STORAGE_COMPACTION_STOPPED: pathReason,
  STORAGE_BACKUP_FAILED: pathReason,
  STORAGE_SALVAGE_FAILED: pathReason,
  STORAGE_READ_ONLY: pathReason,
  STORAGE_WRITE_UNKNOWN: pathReason,
  STORAGE_UNAVAILABLE: fc.record({ reason }, plain),
  STORAGE_UNANSWERED: fc.record({ reason }, plain),
};

const cause = fc
  .constantFrom(undefined, "ENOSPC", "EIO", "E2BIG")
  .map((code) => (code === undefined ? undefined : { cause: systemError(code) }));

/** Failures of each code, with and without what the operating system calls their cause. */
export const anyFailureByCode: Readonly<
  Record<KvErrorCode | StorageErrorCode, fc.Arbitrary<RemoteFailure>>
> = {
  KV_NO_ROUTE: kvFailure("KV_NO_ROUTE"),
  KV_NO_CONNECTION: kvFailure("KV_NO_CONNECTION"),
  KV_NO_STORE: kvFailure("KV_NO_STORE"),
  KV_NOT_ANSWERED: kvFailure("KV_NOT_ANSWERED"),
  KV_SILENT: kvFailure("KV_SILENT"),
  KV_CONNECTION_LOST: kvFailure("KV_CONNECTION_LOST"),
  KV_CONGESTED: kvFailure("KV_CONGESTED"),
  KV_REQUEST_TOO_LARGE: kvFailure("KV_REQUEST_TOO_LARGE"),
  KV_ANSWER_TOO_LARGE: kvFailure("KV_ANSWER_TOO_LARGE"),
  KV_TOO_LATE: kvFailure("KV_TOO_LATE"),
  KV_ROUTING_LOOP: kvFailure("KV_ROUTING_LOOP"),
  KV_TOO_MANY_HOPS: kvFailure("KV_TOO_MANY_HOPS"),
  KV_REQUEST_NOT_UNDERSTOOD: kvFailure("KV_REQUEST_NOT_UNDERSTOOD"),
  KV_ANSWER_NOT_UNDERSTOOD: kvFailure("KV_ANSWER_NOT_UNDERSTOOD"),
  KV_NODE_FAILED: kvFailure("KV_NODE_FAILED"),
  KV_NOT_HERE: kvFailure("KV_NOT_HERE"),
  KV_FENCED: kvFailure("KV_FENCED"),
  KV_GIVEN_AWAY: kvFailure("KV_GIVEN_AWAY"),
  KV_REFUSED: kvFailure("KV_REFUSED"),
  STORAGE_NOT_OPEN: storageFailure("STORAGE_NOT_OPEN"),
  STORAGE_LOCKED: storageFailure("STORAGE_LOCKED"),
  STORAGE_INACCESSIBLE: storageFailure("STORAGE_INACCESSIBLE"),
  STORAGE_DAMAGED: storageFailure("STORAGE_DAMAGED"),
  STORAGE_FORMAT: storageFailure("STORAGE_FORMAT"),
  STORAGE_VALUE_DAMAGED: storageFailure("STORAGE_VALUE_DAMAGED"),
  STORAGE_READ_FAILED: storageFailure("STORAGE_READ_FAILED"),
  STORAGE_CURSOR: storageFailure("STORAGE_CURSOR"),
  STORAGE_COMPACTION_STOPPED: storageFailure("STORAGE_COMPACTION_STOPPED"),
  STORAGE_BACKUP_FAILED: storageFailure("STORAGE_BACKUP_FAILED"),
  STORAGE_SALVAGE_FAILED: storageFailure("STORAGE_SALVAGE_FAILED"),
  STORAGE_READ_ONLY: storageFailure("STORAGE_READ_ONLY"),
  STORAGE_WRITE_UNKNOWN: storageFailure("STORAGE_WRITE_UNKNOWN"),
  STORAGE_UNAVAILABLE: storageFailure("STORAGE_UNAVAILABLE"),
  STORAGE_UNANSWERED: storageFailure("STORAGE_UNANSWERED"),
};

/** An error as Node's file operations make it. */
export function systemError(code: string): Error {
  return Object.assign(new Error("of the operating system"), { code });
}

function kvFailure(code: KvErrorCode): fc.Arbitrary<RemoteFailure> {
  return fc
    .tuple(kvDetails[code], cause)
    .map(([details, options]) => new KvError<KvErrorCode>(code, details, options));
}

function storageFailure(code: StorageErrorCode): fc.Arbitrary<RemoteFailure> {
  return fc
    .tuple(storageDetails[code], cause)
    .map(([details, options]) => new StorageError<StorageErrorCode>(code, details, options));
}
