import type { StorageErrorCode, StorageFailures } from "@kv/storage";
import type { KvErrorCode, KvFailures } from "../../errors.ts";

/** What a detail of a failure is: texts are a count (u32) and as many texts. */
export type DetailForm = "text" | "texts" | "number" | "flag";

type FormOf<Detail> = Detail extends string
  ? "text"
  : Detail extends number
    ? "number"
    : Detail extends boolean
      ? "flag"
      : Detail extends readonly string[]
        ? "texts"
        : never;

/** How one code is written: its number, and its details in this order. */
export interface FailureForm<Details> {
  readonly number: number;
  readonly details: { readonly [Name in keyof Details]: FormOf<Details[Name]> };
}

const text = "text";
const node = { node: text } as const;
const sentToNode = { node: text, mayHaveBeenApplied: "flag" } as const;
const path = { path: text } as const;
const pathReason = { path: text, reason: text } as const;
const placeReason = { path: text, offsetBytes: "number", reason: text } as const;

/** Failures of kv have the numbers from 1 up. A number is never given to another code, or to other details. */
export const KV_FAILURE_FORMS: {
  readonly [Code in KvErrorCode]: FailureForm<KvFailures[Code]>;
} = {
  KV_NO_ROUTE: { number: 1, details: { bucket: text } },
  KV_NO_CONNECTION: { number: 2, details: node },
  KV_NO_STORE: { number: 3, details: node },
  KV_NOT_ANSWERED: {
    number: 4,
    details: { node: text, timeoutMs: "number", mayHaveBeenApplied: "flag" },
  },
  KV_CONNECTION_LOST: { number: 5, details: sentToNode },
  KV_CONGESTED: { number: 6, details: node },
  KV_REQUEST_TOO_LARGE: { number: 7, details: node },
  KV_ANSWER_TOO_LARGE: { number: 8, details: sentToNode },
  KV_TOO_LATE: { number: 9, details: node },
  KV_ROUTING_LOOP: { number: 10, details: { path: "texts" } },
  KV_TOO_MANY_HOPS: { number: 11, details: { path: "texts" } },
  KV_REQUEST_NOT_UNDERSTOOD: { number: 12, details: node },
  KV_ANSWER_NOT_UNDERSTOOD: { number: 13, details: sentToNode },
  KV_NODE_FAILED: { number: 14, details: sentToNode },
  KV_REFUSED: { number: 15, details: { node: text, reason: text } },
  KV_SILENT: {
    number: 16,
    details: { node: text, silentMs: "number", mayHaveBeenApplied: "flag" },
  },
  KV_NOT_HERE: { number: 17, details: node },
  KV_GIVEN_AWAY: { number: 18, details: { node: text, to: text, moveId: text } },
  KV_FENCED: { number: 19, details: node },
};

/** Failures of the storage have the numbers from 128 up. */
export const STORAGE_FAILURE_FORMS: {
  readonly [Code in StorageErrorCode]: FailureForm<StorageFailures[Code]>;
} = {
  STORAGE_NOT_OPEN: { number: 128, details: path },
  STORAGE_LOCKED: { number: 129, details: { path: text, holder: text } },
  STORAGE_INACCESSIBLE: { number: 130, details: { path: text, reason: text, wayOut: text } },
  STORAGE_DAMAGED: { number: 131, details: { ...placeReason, wayOut: text } },
  STORAGE_FORMAT: { number: 132, details: { path: text, found: "number", supported: "number" } },
  STORAGE_VALUE_DAMAGED: { number: 133, details: placeReason },
  STORAGE_READ_FAILED: { number: 134, details: placeReason },
  STORAGE_CURSOR: { number: 135, details: { cursor: text } },
  STORAGE_COMPACTION_STOPPED: { number: 136, details: pathReason },
  STORAGE_BACKUP_FAILED: { number: 137, details: pathReason },
  STORAGE_SALVAGE_FAILED: { number: 138, details: pathReason },
  STORAGE_READ_ONLY: { number: 139, details: pathReason },
  STORAGE_WRITE_UNKNOWN: { number: 140, details: pathReason },
  STORAGE_UNAVAILABLE: { number: 141, details: { reason: text } },
  STORAGE_UNANSWERED: { number: 142, details: { reason: text } },
};
