import type { Seal } from "./format/seal.ts";
import { isSameStore } from "./format/store-id.ts";
import type { Flaw } from "./flaw.ts";
import type { LogReplay } from "./log-replay.ts";

/** What to do about a log that has been read to its end. */
export type Verdict =
  /** Every byte is good. */
  | { readonly type: "whole" }
  /** A write was cut short by a crash: everything from the flaw on may go. */
  | { readonly type: "torn"; readonly flaw: Flaw }
  /** What was on the disk is not what is there now: nothing may be touched. */
  | { readonly type: "damaged"; readonly flaw: Pick<Flaw, "segment" | "offsetBytes" | "reason"> };

/**
 * Tail or damage? With a seal, whatever differs from it is damage. Without one, a flaw is a torn
 * tail unless it cannot be, or something behind it proves that it was good once.
 */
export function judgeLog(
  replay: Pick<LogReplay, "end" | "flaw" | "provenSequence" | "storeId" | "tables">,
  seal: Seal | undefined,
): Verdict {
  const { flaw, provenSequence } = replay;
  if (flaw !== undefined) {
    const isDamage = seal !== undefined || flaw.cannotBeTorn || provenSequence >= flaw.sequence;
    return { type: isDamage ? "damaged" : "torn", flaw };
  }
  const deviation = seal && findDeviation(replay, seal);
  return deviation === undefined ? { type: "whole" } : { type: "damaged", flaw: deviation };
}

function findDeviation(
  { end, storeId, tables }: Pick<LogReplay, "end" | "storeId" | "tables">,
  seal: Seal,
): Pick<Flaw, "segment" | "offsetBytes" | "reason"> | undefined {
  if (end.segment < seal.segment) {
    return { segment: end.segment + 1, offsetBytes: 0, reason: "the file is missing" };
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
  if (tables.lastRevision <= seal.lastRevision) return undefined;
  const reason = `the file has revision ${tables.lastRevision}, the seal says ${seal.lastRevision}`;
  return { segment, offsetBytes: end.lengthBytes, reason };
}
