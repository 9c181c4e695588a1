import { StorageError } from "../../errors.ts";
import { isSystemError, systemReason } from "../system-reason.ts";

/** Does `work`; what the system refuses it makes the store in `directory` `STORAGE_INACCESSIBLE`. */
export async function reading<Result>(
  directory: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const details = { path: directory, ...systemReason(error) };
    throw new StorageError("STORAGE_INACCESSIBLE", details, { cause: error });
  }
}

/** Does `work`; what the system refuses it means `STORAGE_SALVAGE_FAILED` for the new store in `target`. */
export async function writing<Result>(
  target: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const details = { path: target, reason: systemReason(error).reason };
    throw new StorageError("STORAGE_SALVAGE_FAILED", details, { cause: error });
  }
}
