import type { Cell } from "./writer-ledger.ts";

/** What must hold of a cell for a write to go through: that it is empty, or has this revision. */
export type CellCondition =
  | { readonly type: "absent" }
  | { readonly type: "revision"; readonly revision: string };

/** What is in a cell. `refused`: nobody could be asked. */
export type CellRead =
  | { readonly type: "found"; readonly value: string; readonly revision: string }
  | { readonly type: "missing" }
  | { readonly type: "refused" };

/** What came of a write. `refused`: it was surely not applied. `unknown`: it may have been. */
export type CellWrite = "stored" | "conflict" | "refused" | "unknown";

/** What writers write through, and read what they wrote. It rejects for what is no answer at all. */
export interface WriterDoor {
  /** Makes a bucket that stays. */
  create(bucket: string): Promise<void>;
  read(cell: Cell): Promise<CellRead>;
  /** Makes a missing bucket, unless a revision is asked for. */
  write(cell: Cell, value: string, condition?: CellCondition): Promise<CellWrite>;
}
