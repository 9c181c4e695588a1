import { chmod, unlink } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import type { Child } from "../../child.ts";
import { ApplicationError, isApplicationError } from "../../errors.ts";
import { within } from "../../time.ts";
import { FrameLink } from "../protocol/frame-link.ts";
import { connectionLimit, strangerFrameBytes } from "../protocol/limits.ts";
import { hasCode, systemReason } from "../socket-place.ts";
import { refuse, serveSession, type SessionTerms } from "./control-session.ts";

/** How long commands may take to end when the node stops, in milliseconds. */
const drainMs = 3_000;

/** What is served, and where. */
export interface ControlServerOptions extends Omit<SessionTerms, "stopping"> {
  /** In a folder that is private already. */
  readonly path: string;
}

/**
 * Listens at `path`, whose mode is 0600. A socket that a dead node has left is replaced; one that answers is another
 * node's: throws `CONTROL_IN_USE`, and `CONTROL_DIRECTORY` when the system refuses.
 *
 * Disposing it gives up the commands that run, waits for them, and removes the socket.
 */
export async function startControlServer(options: ControlServerOptions): Promise<Child> {
  const { path, log, time } = options;
  const stop = new AbortController();
  const terms: SessionTerms = { ...options, stopping: stop.signal };
  const sessions = new Map<FrameLink, Promise<void>>();
  await removeStale(options);
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    const link = new FrameLink(socket, strangerFrameBytes);
    if (sessions.size >= connectionLimit) void turnAway(link, terms);
    else {
      const session = serveSession(link, terms).finally(() => sessions.delete(link));
      sessions.set(link, session);
    }
  });
  await listen(server, path);
  log.opened(path);
  const end = async (): Promise<void> => {
    // Also removes the socket's file.
    server.close();
    stop.abort(new ApplicationError("CONTROL_GONE", { reason: "the node is stopping" }));
    await within(Promise.all(sessions.values()), drainMs, time);
    for (const link of sessions.keys()) link.destroy();
  };
  let ended: Promise<void> | undefined;
  return {
    finished: Promise.withResolvers<void>().promise,
    [Symbol.asyncDispose]: () => (ended ??= end()),
  };
}

async function turnAway(link: FrameLink, { time }: SessionTerms): Promise<void> {
  try {
    await refuse(link, "busy");
  } catch (error) {
    if (!isApplicationError(error, "CONTROL_GONE")) throw error;
  }
  await link.finish(time);
}

async function removeStale({ path, node }: ControlServerOptions): Promise<void> {
  if (await answers(path)) throw new ApplicationError("CONTROL_IN_USE", { node: node.name, path });
  await unlink(path).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw refusal(path, error);
  });
}

/** Whether somebody listens at `path`. */
async function answers(path: string): Promise<boolean> {
  const socket: Socket = createConnection(path);
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  socket.once("connect", () => resolve(true)).once("error", reject);
  try {
    return await promise;
  } catch (error) {
    // Nobody listens there any more; there is no such file; it is a file of another kind.
    if (hasCode(error, "ECONNREFUSED", "ENOENT", "ENOTSOCK")) return false;
    throw refusal(path, error);
  } finally {
    socket.destroy();
  }
}

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("listening", resolve).once("error", reject).listen(path);
  try {
    await promise;
    // Nobody else can have come by it meanwhile: its folder is private.
    await chmod(path, 0o600);
  } catch (error) {
    server.close();
    throw refusal(path, error);
  } finally {
    server.off("error", reject);
  }
  // An accept that fails, for want of descriptors, concerns one operator.
  server.on("error", () => {});
}

function refusal(path: string, error: unknown): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  const wayOut = "set control.directory to a folder of your own";
  return new ApplicationError("CONTROL_DIRECTORY", { path, reason: systemReason(error), wayOut });
}
