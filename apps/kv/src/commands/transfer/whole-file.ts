import { createReadStream } from "node:fs";
import { ApplicationError } from "@kv/application";

/** Files are read in pieces of so many bytes. */
const pieceBytes = 256 * 1024;

/** The bytes of a file between two places, read only as fast as they are taken. Fails with `COMMAND_FAILED`. */
export async function* readPieces(
  path: string,
  { startBytes = 0, endBytes = Number.POSITIVE_INFINITY } = {},
): AsyncGenerator<Uint8Array> {
  if (endBytes <= startBytes) return;
  // The end of a stream of Node's is inclusive.
  const options = { start: startBytes, end: endBytes - 1, highWaterMark: pieceBytes };
  try {
    for await (const piece of createReadStream(path, options)) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stream without an encoding gives buffers
      yield piece as Buffer;
    }
  } catch (error) {
    throw fileFailure("read", path, error);
  }
}

/** What the system means where its own words are about its calls. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission to use it is denied",
  EISDIR: "it is a folder, not a file",
  ENAMETOOLONG: "its name is too long",
  ENOENT: "there is no such file or folder",
  ENOSPC: "there is no space left on the disk",
  ENOTDIR: "a part of its path is no folder",
  EROFS: "the file system is read-only",
};

/** What the operating system refused, as an operating failure; anything else as it is. */
export function fileFailure(verb: string, path: string, error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  const code = "code" in error ? String(error.code) : "";
  const said = error.message.replace(/^\w+: /u, "").replace(/, \w+(?: '.*')?$/u, "");
  const reason = REASONS[code] ?? said;
  return new ApplicationError("COMMAND_FAILED", { action: `${verb} "${path}"`, reason });
}
