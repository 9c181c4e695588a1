import { CHECK_COMMAND, SALVAGE_COMMAND } from "./operator-commands.ts";

/**
 * Every storage failure a caller may want to branch on, and what each one carries.
 *
 * A failure that is not in this table is a bug in this package: it surfaces as a failed
 * invariant and belongs to the supervisor, not to a `catch`.
 */
export interface StorageFailures {
  /** The store was used after its disposal had begun. */
  readonly STORAGE_NOT_OPEN: { readonly path: string };
  /** Another live process, or another store in this one, holds the data directory. */
  readonly STORAGE_LOCKED: { readonly path: string; readonly holder: string };
  /** The data directory cannot be made, read or written: `reason` is the system's, `wayOut` fits it. */
  readonly STORAGE_INACCESSIBLE: {
    readonly path: string;
    readonly reason: string;
    readonly wayOut: string;
  };
  /** Bytes that were on the disk once are not what was written. The store refuses to open. */
  readonly STORAGE_DAMAGED: {
    readonly path: string;
    readonly offsetBytes: number;
    readonly reason: string;
    /** What an operator can do about it. */
    readonly wayOut: string;
  };
  /** The files were written by a version of the format that this one does not read. */
  readonly STORAGE_FORMAT: {
    readonly path: string;
    readonly found: number;
    readonly supported: number;
  };
  /** A value on the disk is not what was written. It is not served. */
  readonly STORAGE_VALUE_DAMAGED: {
    readonly path: string;
    readonly offsetBytes: number;
    readonly reason: string;
  };
  /** The disk did not give a value that is on it. */
  readonly STORAGE_READ_FAILED: {
    readonly path: string;
    readonly offsetBytes: number;
    readonly reason: string;
  };
  /** A cursor that this store did not make. */
  readonly STORAGE_CURSOR: { readonly cursor: string };
  /** A segment could not be read or is damaged, so that no space is given back until a restart. */
  readonly STORAGE_COMPACTION_STOPPED: { readonly path: string; readonly reason: string };
  /** A copy of the store could not be written to `path`; the store itself is as good as before. */
  readonly STORAGE_BACKUP_FAILED: { readonly path: string; readonly reason: string };
  /** A salvaged store could not be written to `path`; the damaged one is as it was. */
  readonly STORAGE_SALVAGE_FAILED: { readonly path: string; readonly reason: string };
  /** The engine takes no writes since an earlier one failed. This write was surely not applied. */
  readonly STORAGE_READ_ONLY: { readonly path: string; readonly reason: string };
  /** This write was under way when the disk failed: it may or may not be there after a restart. */
  readonly STORAGE_WRITE_UNKNOWN: { readonly path: string; readonly reason: string };
  /** A cluster, or the part of it that has the bucket, cannot be asked now. What was asked was surely not done. */
  readonly STORAGE_UNAVAILABLE: { readonly reason: string };
  /** This write was sent to a cluster, and nobody can tell whether it was applied and will stay. */
  readonly STORAGE_UNANSWERED: { readonly reason: string };
}

/** Stable across releases: callers, logs and tests match on it, never on the message. */
export type StorageErrorCode = keyof StorageFailures;

type MessageTable = {
  readonly [Code in StorageErrorCode]: (details: StorageFailures[Code]) => string;
};

const MESSAGES: MessageTable = {
  STORAGE_NOT_OPEN: ({ path }) => `Cannot use the store at "${path}": it is not open`,
  STORAGE_LOCKED: ({ path, holder }) =>
    `Cannot open the store at "${path}": ${holder} holds it; stop that one or choose another data directory`,
  STORAGE_INACCESSIBLE: ({ path, reason, wayOut }) =>
    `Cannot open the store at "${path}": ${reason}; ${wayOut}`,
  STORAGE_DAMAGED: ({ path, offsetBytes, reason, wayOut }) =>
    `Cannot open "${path}": damaged at byte ${offsetBytes}: ${reason}; ${wayOut}`,
  STORAGE_FORMAT: ({ path, found, supported }) =>
    `Cannot open "${path}": it has format version ${found}, this program reads version ${supported}; start it with the release that wrote it`,
  STORAGE_VALUE_DAMAGED: ({ path, offsetBytes, reason }) =>
    `Cannot read a value of "${path}" at byte ${offsetBytes}: ${reason}; stop the node and run ${CHECK_COMMAND} and ${SALVAGE_COMMAND}, or restore it from a backup`,
  STORAGE_READ_FAILED: ({ path, offsetBytes, reason }) =>
    `Cannot read a value of "${path}" at byte ${offsetBytes}: ${reason}`,
  STORAGE_COMPACTION_STOPPED: ({ path, reason }) =>
    `Cannot compact the store at "${path}": ${reason}; stop the node and run ${CHECK_COMMAND}`,
  STORAGE_BACKUP_FAILED: ({ path, reason }) => `Cannot write a backup to "${path}": ${reason}`,
  STORAGE_SALVAGE_FAILED: ({ path, reason }) =>
    `Cannot write a salvaged store to "${path}": ${reason}`,
  STORAGE_CURSOR: ({ cursor }) => `Cannot continue the listing: no such cursor "${cursor}"`,
  STORAGE_READ_ONLY: ({ path, reason }) =>
    `Cannot write to the store at "${path}": it takes no writes since ${reason}; mend that, and restart the node unless the disk was full`,
  STORAGE_WRITE_UNKNOWN: ({ path, reason }) =>
    `Cannot tell whether a write to the store at "${path}" was kept: ${reason}`,
  STORAGE_UNAVAILABLE: ({ reason }) => `Cannot reach the replicated store: ${reason}`,
  STORAGE_UNANSWERED: ({ reason }) => `${reason}; the write may have been applied`,
};

/** A storage failure. Its message is one line for an operator: the thing, the reason, the way out. */
export class StorageError<Code extends StorageErrorCode = StorageErrorCode> extends Error {
  override readonly name = "StorageError";
  /** Somebody outside the program can mend this: it is shown as its message, without a stack. */
  readonly kind = "operating-failure";
  readonly code: Code;
  readonly details: StorageFailures[Code];

  constructor(code: Code, details: StorageFailures[Code], options?: ErrorOptions) {
    super(MESSAGES[code](details), options);
    this.code = code;
    this.details = details;
  }
}

/** Narrows `error` to the storage failure `code`, giving typed `details`. */
export function isStorageError<Code extends StorageErrorCode>(
  error: unknown,
  code: Code,
): error is StorageError<Code> {
  return error instanceof StorageError && error.code === code;
}
