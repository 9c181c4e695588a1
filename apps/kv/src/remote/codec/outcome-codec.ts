import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

/** How the outcomes of one operation are written, their kind first, and read. */
export interface OutcomeCodec<Outcome> {
  write(writer: WireWriter, outcome: Outcome): void;
  /**
   * Reads what is behind `kind`. `undefined` when no outcome of the operation is of that kind; whether the bytes were sound
   * is asked of the reader. The arrays are copies, those of a listing views.
   */
  read(reader: WireReader, kind: number): Outcome | undefined;
}
