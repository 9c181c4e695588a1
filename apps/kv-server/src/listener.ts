import { createServer, type Server, type Socket } from "node:net";
import { type Child, unixTimeMs as systemUnixTimeMs } from "@kv/application";
import type { Kv } from "@kv/kv";
import type { Address } from "./address.ts";
import { bind } from "./bind.ts";
import { Connection } from "./connection.ts";
import { Connections } from "./connections.ts";
import type { DoorPlan } from "./door.ts";
import type { ServerEnvironment } from "./environment.ts";
import type { FrontDoor } from "./front-door.ts";
import { Hall } from "./hall.ts";
import { Outbox } from "./outbox.ts";
import { OutputBuffer } from "./output-buffer.ts";
import type { Protocol } from "./protocol.ts";
import { refuse } from "./reply.ts";
import { ServerLog } from "./server-log.ts";
import { type AdoptSocket, adoptAsItIs, adoptIntoSharedBuffer, peerOf } from "./socket.ts";
import type { DoorCertificates } from "./tls/door-certificates.ts";
import { withoutTls } from "./tls/client-hello.ts";
import { Handshakes } from "./tls/handshakes.ts";

/** How long a client that is turned away may take to hear of it, in milliseconds. */
const refusalMs = 1000;

/** After so many silent milliseconds the operating system asks whether a client's machine is still there. */
const keepAliveInitialDelay = 300_000;

/** What a listener serves, and to whom. */
export interface ListenerOptions {
  readonly kv: Kv;
  readonly protocol: Protocol;
  /** The line protocol's on the environment's port by default. */
  readonly door?: DoorPlan;
  /** Read when it is needed; only host and port are settled once it listens. */
  readonly environment: ServerEnvironment;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Unix time in milliseconds; the machine's own by default. */
  readonly unixTimeMs?: () => number;
  /** From 0 up to but not including 1; by chance by default. */
  readonly random?: () => number;
  /** What it shares with other listeners; by default it is alone. */
  readonly hall?: Hall;
  /** With these it speaks TLS only. */
  readonly certificates?: DoorCertificates | undefined;
  /** How bytes are read where there is no TLS: into one shared buffer by default. */
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
  /** How many connections there are now, also those that are still shaking hands. */
  readonly connections: number;
}

/** Binds the environment's host and a door's port; rejects with a `ServerError`. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { kv, protocol, environment, clock, certificates } = options;
  const { door = { name: "line", port: environment.port }, hall = new Hall(environment) } = options;
  const log = new ServerLog(kv.node, clock, door.name);
  const clients = new Connections();
  const output = new OutputBuffer();
  const frontDoor: FrontDoor = {
    kv,
    protocol,
    environment,
    users: hall.users,
    output,
    outbox: new Outbox(output),
    pending: hall.pending,
    presence: hall.presence,
    log,
    adopt: adoptionOf(options, log),
    clients,
    clock,
    unixTimeMs: options.unixTimeMs ?? systemUnixTimeMs,
    random: options.random ?? byChance,
  };
  const handshakes =
    certificates &&
    new Handshakes({
      certificates,
      timeoutMs: () => environment.tlsHandshakeTimeoutMs,
      onFailure: (peer, reason) => log.handshakeFailed(peer, reason),
    });
  const way: WayIn = { door: frontDoor, hall, clients, handshakes };
  const server = createServer({
    pauseOnConnect: true,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay,
  });
  server.on("connection", (socket) => welcome(socket, way));
  const address = await bind(server, environment.host, door).catch((error: unknown) => {
    handshakes?.abandon();
    throw error;
  });
  server.on("error", (error) => log.acceptFailed(error));
  log.listening(address, handshakes !== undefined);
  let drained: Promise<void> | undefined;
  return {
    address,
    get connections() {
      return clients.size + (handshakes?.size ?? 0);
    },
    // A listening socket does not end by itself.
    finished: new Promise(() => {}),
    [Symbol.asyncDispose]: () => (drained ??= close(server, way)),
  };
}

/** Good enough to draw a key, and nothing that a secret should rest on. */
function byChance(): number {
  // tidy-allow: the generator that programs are given; a test passes another
  return Math.random();
}

/** What every connection of a listener comes through. */
interface WayIn {
  readonly door: FrontDoor;
  readonly hall: Hall;
  readonly clients: Connections;
  readonly handshakes: Handshakes | undefined;
}

function adoptionOf({ certificates, adopt }: ListenerOptions, log: ServerLog): AdoptSocket {
  // What is read of TLS comes out of its decryption, in memory of its own.
  if (certificates !== undefined) return adoptAsItIs;
  return withoutTls(adopt ?? adoptIntoSharedBuffer(), (socket) => log.tlsRefused(peerOf(socket)));
}

/** Its port is free when this returns; "close" never comes, since the server loses count of its connections. */
async function close(server: Server, { door, clients, handshakes }: WayIn): Promise<void> {
  server.close();
  handshakes?.abandon();
  door.log.drained(await clients.drain(door.environment.drainTimeoutMs));
}

function welcome(accepted: Socket, way: WayIn): void {
  const { hall, handshakes } = way;
  if (hall.isFull) {
    turnAway(accepted, way);
    return;
  }
  hall.enter();
  if (handshakes === undefined) {
    admit(accepted, way);
    return;
  }
  handshakes.begin(accepted, {
    onSecure: (socket) => admit(socket, way),
    onGone: () => hall.leave(),
  });
}

function admit(socket: Socket, { door, hall, clients }: WayIn): void {
  const onClose = (connection: Connection): void => {
    clients.delete(connection);
    hall.leave();
  };
  clients.add(new Connection(door, socket, onClose));
}

/**
 * Says why and closes. What the client sends is read for a moment, so that the reply is not lost in a reset. Whoever
 * expects TLS is not told: a handshake costs more than everything that a limit is to protect.
 */
function turnAway(accepted: Socket, { door, handshakes }: WayIn): void {
  const { protocol, output, log } = door;
  const { connectionLimit } = door.environment;
  log.tooManyConnections(peerOf(accepted), connectionLimit);
  if (handshakes !== undefined) {
    accepted.on("error", () => {}).destroy();
    return;
  }
  protocol.encode(refuse(`too many connections (the limit is ${connectionLimit})`), output);
  const deadline = setTimeout(() => accepted.destroy(), refusalMs);
  accepted
    .on("error", () => {})
    .on("close", () => clearTimeout(deadline))
    .end(output.copy())
    .resume();
  output.drop();
}
