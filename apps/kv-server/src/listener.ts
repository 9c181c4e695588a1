import { createServer, type Server, type Socket } from "node:net";
import { type Child, unixTimeMs as systemUnixTimeMs } from "@kv/application";
import type { Kv } from "@kv/kv";
import { type Address, formatAddress } from "./address.ts";
import { Connection } from "./connection.ts";
import { Connections } from "./connections.ts";
import type { ServerEnvironment } from "./environment.ts";
import { ServerError } from "./errors.ts";
import type { FrontDoor } from "./front-door.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { PendingTotal } from "./pending-total.ts";
import type { Protocol } from "./protocol.ts";
import { refuse } from "./reply.ts";
import { ServerLog } from "./server-log.ts";
import { type AdoptSocket, adoptIntoSharedBuffer, peerOf } from "./socket.ts";
import { Users, type UsersOptions } from "./users.ts";

/** How long a client that is turned away may take to hear of it, in milliseconds. */
const refusalMs = 1000;

/** After so many silent milliseconds the operating system asks whether a client's machine is still there. */
const keepAliveInitialDelay = 300_000;

/** Connections that may wait to be accepted; the operating system has a limit of its own too. */
const backlog = 1024;

/** What a listener serves, and to whom. */
export interface ListenerOptions extends UsersOptions {
  readonly kv: Kv;
  readonly protocol: Protocol;
  /** Read when it is needed; only host and port are settled once it listens. */
  readonly environment: ServerEnvironment;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Unix time in milliseconds; the machine's own by default. */
  readonly unixTimeMs?: () => number;
  /** From 0 up to but not including 1; by chance by default. */
  readonly random?: () => number;
  /** How bytes are read: into one shared buffer by default. */
  readonly adopt?: AdoptSocket;
}

/**
 * A bound port and the connections that came in by it.
 *
 * Disposing it accepts no more connections and executes no more requests, lets the replies that are due go out,
 * cuts what is left after `drainTimeoutMs`, and resolves when every connection is gone.
 */
export interface Listener extends Child {
  /** Where it is bound: with port 0 in the environment, the port that was free. */
  readonly address: Address;
  /** How many connections there are now. */
  readonly connections: number;
}

/** Binds the environment's host and port; rejects with a `ServerError`. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { kv, protocol, environment, clock, adopt = adoptIntoSharedBuffer() } = options;
  const { unixTimeMs = systemUnixTimeMs, random = byChance } = options;
  const log = new ServerLog(kv.node, clock);
  const users = new Users(() => environment.users, options);
  const output = new OutputBuffer();
  const pending = new PendingTotal(() => environment.pendingTotalLimitBytes);
  const clients = new Connections();
  const shared = { kv, protocol, environment, users, output, pending, log, adopt, clients };
  const door: FrontDoor = { ...shared, clock, unixTimeMs, random };
  const server = createServer({
    pauseOnConnect: true,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay,
  });
  server.on("connection", (socket) => welcome(socket, door, clients));
  const address = await bind(server, environment);
  server.on("error", (error) => log.acceptFailed(error));
  log.listening(address);
  let drained: Promise<void> | undefined;
  return {
    address,
    get connections() {
      return clients.size;
    },
    // A listening socket does not end by itself.
    finished: new Promise(() => {}),
    [Symbol.asyncDispose]: () => (drained ??= close(server, door, clients)),
  };
}

/** Good enough to draw a key, and nothing that a secret should rest on. */
function byChance(): number {
  // tidy-allow: the generator that programs are given; a test passes another
  return Math.random();
}

/** Its port is free when this returns; "close" never comes, since the server loses count of its connections. */
async function close(server: Server, door: FrontDoor, connections: Connections): Promise<void> {
  server.close();
  door.log.drained(await connections.drain(door.environment.drainTimeoutMs));
}

function welcome(accepted: Socket, door: FrontDoor, connections: Connections): void {
  const { connectionLimit } = door.environment;
  if (connections.size < connectionLimit) {
    connections.add(new Connection(door, accepted, (connection) => connections.delete(connection)));
    return;
  }
  door.log.tooManyConnections(peerOf(accepted), connectionLimit);
  turnAway(accepted, door, `too many connections (the limit is ${connectionLimit})`);
}

/** Says why and closes. What the client sends is read for a moment, so that the reply is not lost in a reset. */
function turnAway(accepted: Socket, { protocol, output }: FrontDoor, reason: string): void {
  protocol.encode(refuse(reason), output);
  const deadline = setTimeout(() => accepted.destroy(), refusalMs);
  accepted
    .on("error", () => {})
    .on("close", () => clearTimeout(deadline))
    .end(output.copy())
    .resume();
  output.clear();
}

async function bind(server: Server, { host, port }: ServerEnvironment): Promise<Address> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("listening", resolve).once("error", reject);
  server.listen({ host, port, backlog });
  try {
    await promise;
  } catch (error) {
    throw listenError(error, { host, port });
  } finally {
    server.off("error", reject);
  }
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("a TCP server has an address");
  return { host, port: bound.port };
}

/** The failure in our words; what the operating system has no code for is a bug. */
function listenError(error: unknown, listenAddress: Address): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  const address = formatAddress(listenAddress);
  const options = { cause: error };
  switch (error.code) {
    case "EADDRINUSE":
      return new ServerError("SERVER_PORT_IN_USE", { address }, options);
    case "EACCES":
      return new ServerError("SERVER_PORT_FORBIDDEN", { address }, options);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new ServerError("SERVER_HOST_UNKNOWN", { address }, options);
    default:
      return new ServerError("SERVER_LISTEN_FAILED", { address, reason: error.message }, options);
  }
}
