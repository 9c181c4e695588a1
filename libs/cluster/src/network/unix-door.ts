import { chmod, unlink } from "node:fs/promises";
import { createConnection, type Server } from "node:net";
import { ClusterError } from "../errors.ts";
import { hasCode, isSystemError, systemReason } from "./system-reason.ts";

/**
 * Has `server` listen at `path`, in a folder that is private, with mode 0600. A socket that a dead process has left is
 * replaced; one that answers is another node's: throws `CLUSTER_IN_USE`, and `CLUSTER_PLACE` when the system refuses.
 */
export async function listenAtPath(server: Server, path: string): Promise<void> {
  if (await answers(path)) throw new ClusterError("CLUSTER_IN_USE", { place: path });
  await unlink(path).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw placeError(path, error);
  });
  await listening(server, path, () => server.listen(path));
  // Nobody else can have come by it meanwhile: its folder is private.
  await chmod(path, 0o600);
}

/** Runs `listen` and waits until `server` listens at `place`. Throws `CLUSTER_IN_USE` and `CLUSTER_PLACE`. */
export async function listening(server: Server, place: string, listen: () => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("listening", resolve).once("error", reject);
  listen();
  try {
    await promise;
  } catch (error) {
    throw hasCode(error, "EADDRINUSE")
      ? new ClusterError("CLUSTER_IN_USE", { place }, { cause: error })
      : placeError(place, error);
  } finally {
    server.off("error", reject);
  }
}

/** Whether somebody listens at `path`. */
async function answers(path: string): Promise<boolean> {
  const socket = createConnection(path);
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  socket.once("connect", () => resolve(true)).once("error", reject);
  try {
    return await promise;
  } catch (error) {
    // Nobody listens there any more; there is no such file; it is a file of another kind.
    if (hasCode(error, "ECONNREFUSED", "ENOENT", "ENOTSOCK")) return false;
    throw placeError(path, error);
  } finally {
    socket.destroy();
  }
}

function placeError(place: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  return new ClusterError(
    "CLUSTER_PLACE",
    { place, reason: systemReason(error) },
    { cause: error },
  );
}
