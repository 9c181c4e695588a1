import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

/** Writes a whole number that may not be there. */
export function writeOptionalNumber(writer: WireWriter, value: number | undefined): void {
  writer.flag(value !== undefined);
  if (value !== undefined) writer.i64(value);
}

/** Reads what {@link writeOptionalNumber} wrote. */
export function readOptionalNumber(reader: WireReader): number | undefined {
  return reader.flag() ? reader.i64() : undefined;
}

/** Writes a text that may not be there. */
export function writeOptionalText(writer: WireWriter, value: string | undefined): void {
  writer.flag(value !== undefined);
  if (value !== undefined) writer.text(value);
}

/** Reads what {@link writeOptionalText} wrote. */
export function readOptionalText(reader: WireReader): string | undefined {
  return reader.flag() ? reader.text() : undefined;
}
