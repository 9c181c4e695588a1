import type { Socket } from "node:net";
import { getBuiltinModule } from "node:process";
import type { SecureContextOptions, Server, TLSSocket } from "node:tls";
import type { TlsMaterial } from "@kv/application";
import { peerOf } from "../socket.ts";
import type { DoorCertificates } from "./door-certificates.ts";
import { handshakeFailure } from "./handshake-failure.ts";
import { oldestTls } from "./oldest-tls.ts";

/** What {@link Handshakes} are made with. */
export interface HandshakesOptions {
  readonly certificates: DoorCertificates;
  /** How long one may take, asked for at its beginning; 0 for ever. */
  readonly timeoutMs: () => number;
  /** Told of each that failed, and why: not of a client that has said nothing, as health checks do. */
  readonly onFailure: (peer: string, reason: string) => void;
}

/** Whom one handshake is for. */
export interface HandshakeOutcome {
  /** It is done: the connection, of which nothing has been read. */
  readonly onSecure: (socket: Socket) => void;
  /** It failed, and the connection is gone. */
  readonly onGone: () => void;
}

interface Handshake extends HandshakeOutcome {
  readonly peer: string;
  readonly timer: NodeJS.Timeout | undefined;
  timedOutMs?: number;
}

/**
 * Makes TLS connections out of plain ones. The server that accepts them knows nothing of TLS: each connection is handed
 * to one of Node's that listens nowhere, which is a documented way.
 */
export class Handshakes {
  readonly #server: Server;
  readonly #options: HandshakesOptions;
  readonly #underWay = new Map<Socket, Handshake>();
  /** All there were: why one failed is often told when its connection is gone. */
  readonly #begun = new WeakMap<Socket, Handshake>();
  readonly #stopFollowing: () => void;

  constructor(options: HandshakesOptions) {
    const { certificates } = options;
    const { clientCertificates } = certificates;
    this.#options = options;
    // Not before somebody has a certificate: it takes 4 MB.
    this.#server = getBuiltinModule("node:tls").createServer({
      ...contextOf(certificates.current),
      requestCert: clientCertificates !== "none",
      rejectUnauthorized: clientCertificates === "require",
    });
    this.#server
      .on("secureConnection", (socket) => this.#succeed(socket))
      .on("tlsClientError", (error, socket) => this.#fail(error, socket));
    this.#stopFollowing = certificates.onChange((material) => {
      this.#server.setSecureContext(contextOf(material));
    });
  }

  /** How many are under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /** Begins one on a connection that was just accepted; exactly one of the outcomes is called, once. */
  begin(accepted: Socket, outcome: HandshakeOutcome): void {
    const timeoutMs = this.#options.timeoutMs();
    const handshake: Handshake = {
      ...outcome,
      peer: peerOf(accepted),
      timer: timeoutMs === 0 ? undefined : setTimeout(() => expire(), timeoutMs),
    };
    const expire = (): void => {
      handshake.timedOutMs = timeoutMs;
      accepted.destroy();
    };
    this.#underWay.set(accepted, handshake);
    this.#begun.set(accepted, handshake);
    // A client that closes its half in the middle wants nothing any more. Afterwards it may, see below.
    accepted.allowHalfOpen = false;
    accepted
      .on("error", () => {})
      .once("close", () => {
        if (this.#settle(accepted) !== undefined) outcome.onGone();
      });
    this.#server.emit("connection", accepted);
  }

  /** Ends all that are under way, and follows the certificates no more. */
  abandon(): void {
    this.#stopFollowing();
    for (const accepted of this.#underWay.keys()) accepted.destroy();
  }

  #succeed(socket: TLSSocket): void {
    const handshake = this.#settle(acceptedOf(socket));
    if (handshake === undefined) {
      socket.destroy();
      return;
    }
    socket.allowHalfOpen = true;
    const refused = this.#isRefused(socket);
    if (!refused) {
      handshake.onSecure(socket);
      return;
    }
    this.#options.onFailure(handshake.peer, handshakeFailure(new Error("refused"), socket));
    socket.on("error", () => {}).destroy();
    handshake.onGone();
  }

  /** Where certificates are asked for and not required, one that is shown must be right all the same. */
  #isRefused(socket: TLSSocket): boolean {
    if (this.#options.certificates.clientCertificates !== "request") return false;
    return !socket.authorized && socket.getPeerX509Certificate() !== undefined;
  }

  #fail(error: Error, socket: TLSSocket): void {
    const accepted = acceptedOf(socket);
    const { peer, timedOutMs } = this.#begun.get(accepted) ?? { peer: peerOf(socket) };
    if (timedOutMs !== undefined)
      this.#options.onFailure(peer, `it took longer than ${timedOutMs} ms`);
    else if (accepted.bytesRead > 0) this.#options.onFailure(peer, handshakeFailure(error, socket));
  }

  /** The handshake of `accepted`, which is over; `undefined` when it was before. */
  #settle(accepted: Socket): Handshake | undefined {
    const handshake = this.#underWay.get(accepted);
    if (handshake === undefined) return undefined;
    this.#underWay.delete(accepted);
    clearTimeout(handshake.timer);
    return handshake;
  }
}

function contextOf({ certificate, key, ca }: TlsMaterial): SecureContextOptions {
  return {
    cert: Buffer.from(certificate),
    key: Buffer.from(key),
    ...(ca === undefined ? {} : { ca: Buffer.from(ca) }),
    minVersion: oldestTls,
  };
}

/** The connection below `socket`. Not documented, but nothing else tells whose handshake failed. */
function acceptedOf(socket: TLSSocket): Socket {
  return Reflect.get(socket, "_parent");
}
