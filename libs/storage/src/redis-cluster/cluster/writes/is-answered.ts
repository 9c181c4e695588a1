import { TooLateError, within } from "../reads/within.ts";
import type { WriteOperation } from "./write-operation.ts";

/** Whether the write is executed, or given up, within `limitMs`. */
export async function isAnswered(write: WriteOperation, limitMs: number): Promise<boolean> {
  const answered = new Promise<void>((resolve) => {
    write.onAnswered(resolve);
  });
  try {
    await within(limitMs, answered);
    return true;
  } catch (error) {
    if (error instanceof TooLateError) return false;
    throw error;
  }
}
