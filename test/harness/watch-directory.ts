import { watch } from "node:fs";

/** Something happened to a file: it is new or gone (*rename*), or was written to (*change*). */
export type FileEvent = "rename" | "change";

/**
 * Calls back for each change of a file in `directory`, which must be there, until it is disposed of. The system may tell
 * two changes as one, and tells none that came before the call.
 */
export function watchDirectory(
  directory: string,
  onEvent: (name: string, event: FileEvent) => void,
): Disposable {
  const watcher = watch(directory, (event, name) => {
    if (name !== null) onEvent(name, event);
  });
  // The directory itself was removed: there is nothing more to tell.
  watcher.on("error", () => {});
  return { [Symbol.dispose]: () => watcher.close() };
}
