import type { Socket } from "node:net";
import type { AdoptSocket } from "../socket.ts";

/**
 * A client that speaks TLS to a port without it says a ClientHello and waits for an answer; we would wait for the end of its
 * line. So the beginning of a connection is looked at: no request of ours begins so.
 *
 * ```text
 * record = type (22: handshake), version (major 3), …          (RFC 8446, section 5.1)
 * ```
 */
const HANDSHAKE = 22;
const MAJOR_VERSION = 3;

/** Whether `beginning`, the first bytes of a connection, is one of TLS; a single byte does not tell. */
export function isClientHello(beginning: Uint8Array): boolean {
  return beginning[0] === HANDSHAKE && beginning[1] === MAJOR_VERSION;
}

/** As `adopt`, but a connection that begins with TLS is closed unanswered, after `onTls` was told. */
export function withoutTls(adopt: AdoptSocket, onTls: (socket: Socket) => void): AdoptSocket {
  return (accepted, receive) => {
    let isFirst = true;
    const socket = adopt(accepted, (piece) => {
      if (isFirst) {
        isFirst = false;
        if (isClientHello(piece.bytes.subarray(0, piece.end))) {
          onTls(socket);
          socket.destroy();
          return;
        }
      }
      receive(piece);
    });
    return socket;
  };
}
