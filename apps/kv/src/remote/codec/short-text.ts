import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

/** Writes a text of 1 to `limitBytes` bytes. Throws a `RangeError` for any other, and for what is no Unicode. */
export function writeShortText(writer: WireWriter, text: string, limitBytes: number): void {
  if (!text.isWellFormed()) throw new RangeError("Cannot send a text that is no Unicode");
  const length = Buffer.byteLength(text);
  if (length < 1 || length > limitBytes) {
    throw new RangeError(`Cannot send a text of ${length} bytes: 1 to ${limitBytes} are expected`);
  }
  writer.text(text);
}

/** Reads what {@link writeShortText} wrote. */
export function readShortText(reader: WireReader, limitBytes: number): string {
  const text = reader.text();
  if (text.length === 0 || Buffer.byteLength(text) > limitBytes) reader.refuse();
  return text;
}
