import { KvError, StorageError, type StorageErrorCode } from "@kv/kv";
import type { Effect } from "./execute/demand.ts";
import { type Refusal, refuse } from "./reply.ts";
import type { LimitedPart } from "./request.ts";

/** A failure that has a reply: somebody outside the program can mend it. Everything else is a bug. */
export type RequestFailure = KvError | StorageError;

/** Narrows what was thrown to a {@link RequestFailure}. */
export function isRequestFailure(error: unknown): error is RequestFailure {
  return error instanceof KvError || error instanceof StorageError;
}

/** Failures whose message a client is shown as it is. */
type ShownCode = "STORAGE_UNAVAILABLE" | "STORAGE_UNANSWERED";

/** What a client is told when its read, or its write, failed: no paths, but whether the write may be there. */
const STORAGE_REASONS: Record<
  Exclude<StorageErrorCode, ShownCode>,
  Readonly<Record<"read" | "write", string>>
> = {
  STORAGE_NOT_OPEN: both("the store is not open"),
  STORAGE_LOCKED: both("the store is not open"),
  STORAGE_FORMAT: both("the store is not open"),
  STORAGE_CURSOR: both("the store does not know where to go on"),
  STORAGE_INACCESSIBLE: both("the store cannot be read or written"),
  STORAGE_DAMAGED: both("the store is damaged"),
  STORAGE_BACKUP_FAILED: both("the backup could not be written"),
  STORAGE_COMPACTION_STOPPED: both("the store cannot be compacted"),
  STORAGE_SALVAGE_FAILED: both("the store could not be salvaged"),
  STORAGE_READ_FAILED: both("the disk did not give the value"),
  STORAGE_VALUE_DAMAGED: both("the value is damaged on the disk"),
  STORAGE_READ_ONLY: {
    read: "what was read may not last: the node could not write it down",
    write: "the write was not applied: the node takes no writes",
  },
  STORAGE_WRITE_UNKNOWN: {
    read: "what was read may not last: the node could not write it down",
    write: "the write may have been applied: the node could not write it down",
  },
};

/** The reply to a request with this effect that failed. */
export function refusalOf(failure: RequestFailure, effect: Effect): Refusal {
  const reason = reasonOf(failure, effect === "read" ? "read" : "write");
  return refuse(effect === "writes" ? `${reason}; the others may have been changed` : reason);
}

function reasonOf(failure: RequestFailure, effect: "read" | "write"): string {
  if (failure instanceof KvError) return failure.message;
  const { code, message } = failure;
  if (code === "STORAGE_UNAVAILABLE" || code === "STORAGE_UNANSWERED") return message;
  const reason = STORAGE_REASONS[code][effect];
  return isDiskFull(failure) ? `${reason} (disk full)` : reason;
}

/** The reply to a request whose `part` is over its limit: nothing of it was carried out. */
export function refuseTooLong(part: LimitedPart, limitBytes: number): Refusal {
  return refuse(`the ${part} is longer than the limit of ${limitBytes} bytes`);
}

function both(reason: string): Readonly<Record<"read" | "write", string>> {
  return { read: reason, write: reason };
}

function isDiskFull({ cause }: StorageError): boolean {
  if (!(cause instanceof Error) || !("code" in cause)) return false;
  return cause.code === "ENOSPC" || cause.code === "EDQUOT";
}
