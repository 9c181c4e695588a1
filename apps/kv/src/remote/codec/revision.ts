import type { Revision } from "@kv/storage";
import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

const NUMBER = 1;
const TEXT = 2;

/** Writes a revision as it is, a number or a text. Throws a `RangeError` for one that the bytes could not give back. */
export function writeRevision(writer: WireWriter, revision: Revision): void {
  if (typeof revision === "number") {
    writer.u8(NUMBER);
    writer.i64(revision);
  } else {
    if (!revision.isWellFormed()) throw new RangeError("Cannot send a revision that is no Unicode");
    writer.u8(TEXT);
    writer.text(revision);
  }
}

/** Reads what {@link writeRevision} wrote. */
export function readRevision(reader: WireReader): Revision {
  const form = reader.u8();
  if (form === NUMBER) return brandRevision(reader.i64());
  if (form !== TEXT) reader.refuse();
  return brandRevision(reader.text());
}

function brandRevision(revision: number | string): Revision {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an engine made it, on the other node
  return revision as Revision;
}
