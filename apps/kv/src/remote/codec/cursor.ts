import type { Cursor } from "@kv/storage";
import { readOptionalText } from "./optional.ts";
import type { WireReader } from "./wire-reader.ts";

/** Reads the text of a cursor, if there is one: as it is, since only the engine that made it knows what a cursor of its is. */
export function readCursor(reader: WireReader): Cursor | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the engine refuses one that it did not make
  return readOptionalText(reader) as Cursor | undefined;
}
