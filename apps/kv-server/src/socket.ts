/**
 * How bytes are read from an accepted connection.
 *
 * Node hands out a fresh buffer for every `data` event, which costs a fifth to a third of a request's processor
 * time. `onread` reads into a buffer of ours instead, and one buffer does for all connections, since reading and
 * using what was read happen in one go. But `onread` cannot be asked for on a connection that a server has
 * accepted: so its handle is taken and given to a socket of our own. That is not documented, though it has
 * worked for years; where it does not, `data` events do the same at their price.
 */

import { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { formatAddress } from "./address.ts";
import { type Piece, pieceOf } from "./piece.ts";

/** One read takes at most this much: some thousand commands, a millisecond or two before the others' turn. */
const readBufferBytes = 64 * 1024;

/** Takes each piece of input. It, and its bytes, may be overwritten as soon as it returns. */
export type ReceivePiece = (piece: Piece) => void;

/**
 * Makes a connection out of what a server with `pauseOnConnect` and `allowHalfOpen` has accepted. It reads
 * nothing before it is resumed; from then on every piece of input goes to `receive`.
 */
export type AdoptSocket = (accepted: Socket, receive: ReceivePiece) => Socket;

/** All connections adopted by the result read into one buffer. */
export function adoptIntoSharedBuffer(): AdoptSocket {
  const buffer = Buffer.allocUnsafeSlow(readBufferBytes);
  // One for all that is ever read: nothing is made for a read.
  const piece = { ...pieceOf(buffer), end: 0 };
  return (accepted, receive) => {
    const handle: unknown = Reflect.get(accepted, "_handle");
    if (typeof handle !== "object" || handle === null) return adoptAsItIs(accepted, receive);
    return new Socket({
      // @ts-expect-error -- `handle` is not in the types, see above
      handle,
      allowHalfOpen: true,
      onread: {
        buffer,
        callback: (lengthBytes) => {
          piece.end = lengthBytes;
          receive(piece);
          return true;
        },
      },
    });
  };
}

/** The documented way: a buffer for every piece. */
export const adoptAsItIs: AdoptSocket = (accepted, receive) =>
  accepted.on("data", (bytes: Buffer) => receive(pieceOf(bytes)));

/** The other end of `socket`, `address:port`, for as long as it is connected. */
export function peerOf({ remoteAddress: host, remotePort: port }: Socket): string {
  return host === undefined || port === undefined ? "a client" : formatAddress({ host, port });
}

/** The end of `socket` on this machine, `address:port`, for as long as it is connected. */
export function localEndOf({ localAddress: host, localPort: port }: Socket): string {
  return host === undefined || port === undefined ? "" : formatAddress({ host, port });
}

/**
 * How many of the bytes written to `socket` the operating system has taken so far. What Node documents counts a
 * write only when all of it is gone, which for megabytes and a slow client takes minutes; its handle knows better. With
 * TLS it is the handle below that knows, and counts what was encrypted.
 */
export function takenBytes(socket: Socket): number {
  const own: unknown = Reflect.get(socket, "_handle");
  const handle: unknown = isTlsSocket(socket) ? handleBelow(own) : own;
  if (isCountingHandle(handle)) return handle.bytesWritten - handle.writeQueueSize;
  return socket.bytesWritten - socket.writableLength;
}

/** Whether what is sent by `socket` is encrypted. Asks for no class of `node:tls`, which takes a node without certificates 4 MB. */
export function isTlsSocket(socket: Socket): socket is TLSSocket {
  return "encrypted" in socket;
}

function handleBelow(handle: unknown): unknown {
  return typeof handle === "object" && handle !== null ? Reflect.get(handle, "_parent") : undefined;
}

interface CountingHandle {
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
}

function isCountingHandle(handle: unknown): handle is CountingHandle {
  return (
    typeof handle === "object" &&
    handle !== null &&
    typeof Reflect.get(handle, "bytesWritten") === "number" &&
    typeof Reflect.get(handle, "writeQueueSize") === "number"
  );
}
