import type { Flaw } from "./flaw.ts";
import type { Seal } from "./format/seal.ts";
import { isSameStore } from "./format/store-id.ts";
import type { LogReplay } from "./log-replay.ts";

/** What to do about a log that has been read to its end. */
export type Verdict =
  /** Every byte is good. */
  | { readonly type: "whole" }
  /** A write was cut short by a crash: everything from the flaw on may go. */
  | { readonly type: "torn"; readonly flaw: Flaw }
  /** What was on the disk is not what is there now: nothing may be touched. */
  | { readonly type: "damaged"; readonly flaw: Damage };

type Damage = Pick<Flaw, "segment" | "offsetBytes" | "reason">;

/** What a verdict rests on. */
export type ReplayedLog = Pick<
  LogReplay,
  "end" | "firstSegment" | "flaw" | "lastRevision" | "provenSequence" | "startSegment" | "storeId"
>;

/**
 * Tail or damage? With a seal, whatever differs from it is damage. Without one, a flaw is a torn
 * tail unless it cannot be, or something proves that it was good once: what lies behind it, or a
 * snapshot that knew of it.
 */
export function judgeLog(replay: ReplayedLog, seal: Seal | undefined): Verdict {
  const { flaw, provenSequence, startSegment } = replay;
  const isDamage =
    flaw !== undefined &&
    (seal !== undefined || flaw.cannotBeTorn || provenSequence >= flaw.sequence);
  // Behind the flaw the log may say that what seems to be missing is not needed.
  if (isDamage) return { type: "damaged", flaw };
  if (startSegment > replay.firstSegment) {
    return damaged({ segment: startSegment - 1, offsetBytes: 0, reason: MISSING });
  }
  if (flaw !== undefined) return { type: "torn", flaw };
  const deviation = findShortfall(replay) ?? (seal && findDeviation(replay, seal));
  return deviation === undefined ? { type: "whole" } : damaged(deviation);
}

const MISSING = "the file is missing";

function damaged(flaw: Damage): Verdict {
  return { type: "damaged", flaw };
}

function findShortfall({ end, provenSequence }: ReplayedLog): Damage | undefined {
  if (end.sequence >= provenSequence) return undefined;
  if (end.segment === 0) return { segment: 1, offsetBytes: 0, reason: MISSING };
  const reason = `the log ends before group ${provenSequence}, which the snapshot proves`;
  return { segment: end.segment, offsetBytes: end.lengthBytes, reason };
}

function findDeviation(
  { end, firstSegment, lastRevision, storeId }: ReplayedLog,
  seal: Seal,
): Damage | undefined {
  if (end.segment < seal.segment) {
    return { segment: end.segment + 1, offsetBytes: 0, reason: MISSING };
  }
  if (storeId === undefined || !isSameStore(storeId, seal.storeId)) {
    return { segment: end.segment, offsetBytes: 0, reason: "the seal is that of another store" };
  }
  if (end.segment > seal.segment) {
    const segment = seal.segment + 1;
    return { segment, offsetBytes: 0, reason: "the file is not known to the seal" };
  }
  const { segment } = end;
  if (end.lengthBytes !== seal.lengthBytes || end.sequence !== seal.lastSequence) {
    const offsetBytes = Math.min(end.lengthBytes, seal.lengthBytes);
    const reason = `the file has ${end.lengthBytes} bytes, the seal says ${seal.lengthBytes}`;
    return { segment, offsetBytes, reason };
  }
  const { lengthBytes: offsetBytes } = end;
  if (lastRevision > seal.lastRevision) {
    const reason = `the file has revision ${lastRevision}, the seal says ${seal.lastRevision}`;
    return { segment, offsetBytes, reason };
  }
  if (firstSegment <= seal.firstSegment) return undefined;
  const reason = `the log begins with segment ${firstSegment}, the seal says ${seal.firstSegment}`;
  return { segment, offsetBytes, reason };
}
