import type { Condition } from "@kv/storage";
import { readRevision, writeRevision } from "./revision.ts";
import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

const NONE = 0;
const ABSENT = 1;
const REVISION = 2;
const IS_ABSENT: Condition = { type: "absent" };

/** Writes what must hold of a key; `undefined` asks for nothing. */
export function writeCondition(writer: WireWriter, condition: Condition | undefined): void {
  if (condition === undefined) writer.u8(NONE);
  else if (condition.type === "absent") writer.u8(ABSENT);
  else {
    writer.u8(REVISION);
    writeRevision(writer, condition.revision);
  }
}

/** Reads what {@link writeCondition} wrote. */
export function readCondition(reader: WireReader): Condition | undefined {
  const form = reader.u8();
  if (form === NONE) return undefined;
  if (form === ABSENT) return IS_ABSENT;
  if (form === REVISION) return { type: "revision", revision: readRevision(reader) };
  reader.refuse();
  return undefined;
}
