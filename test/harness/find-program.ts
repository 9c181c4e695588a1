import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where the first of `names` is that the path has, `undefined` when it has none of them. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // No such file, or none that may be run: look on.
    return false;
  }
}
