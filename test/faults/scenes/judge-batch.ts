import { cellOf } from "../operation.ts";
import type { Violation } from "../writer-history.ts";
import type { ExportedBucket } from "./export-text.ts";

/** A bucket that was imported, line by line, with keys that expire sooner or later; and how far it is in its life. */
export interface Batch extends ExportedBucket {
  /** *coming* and *going*: it was asked for, and nobody has said that it is so. */
  state: "coming" | "there" | "going" | "gone";
}

/** The look at the store began and ended at these times; what expired in between may be there or not. */
export interface Look {
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** Judges what was found of a batch: cells with the labels of their values. */
export function judgeBatch(
  { bucket, keys, expiresAtMs = Number.POSITIVE_INFINITY, state }: Batch,
  found: ReadonlyMap<string, string | undefined>,
  look: Look,
): readonly Violation[] {
  if (look.beforeMs < expiresAtMs && expiresAtMs <= look.afterMs) return [];
  const isThere = found.get(bucket) !== undefined;
  const mustBeGone = state === "gone" || expiresAtMs <= look.beforeMs;
  if (isThere && mustBeGone) {
    return [{ type: "reverted", cell: bucket, message: `${bucket}: ${state}, and is back` }];
  }
  if (!isThere && !mustBeGone && state === "there") {
    return [{ type: "lost", cell: bucket, message: `${bucket}: lost: the whole bucket` }];
  }
  if (!isThere) return [];
  const last = lastFound(keys, found, bucket);
  return keys.flatMap((key, index): readonly Violation[] => {
    const { label, expiresAtMs: atMs = Number.POSITIVE_INFINITY } = key;
    const cell = cellOf(bucket, key.key);
    const value = found.get(cell);
    if (look.beforeMs < atMs && atMs <= look.afterMs) return [];
    if (value !== undefined && value !== label) {
      return [{ type: "invented", cell, message: `${cell}: found ${value.slice(0, 40)}` }];
    }
    if (value !== undefined && atMs <= look.beforeMs) {
      return [{ type: "reverted", cell, message: `${cell}: served after it has expired` }];
    }
    // Of one that was coming, the first lines may be there, and no others.
    const isPromised = state !== "coming" || index < last;
    if (value === undefined && atMs > look.afterMs && isPromised) {
      return [{ type: "lost", cell, message: `${cell}: lost: found nothing, promised ${label}` }];
    }
    return [];
  });
}

function lastFound(
  keys: Batch["keys"],
  found: ReadonlyMap<string, string | undefined>,
  bucket: string,
): number {
  return keys.findLastIndex(({ key }) => found.get(cellOf(bucket, key)) !== undefined);
}
