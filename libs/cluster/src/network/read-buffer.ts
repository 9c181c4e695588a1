/**
 * How bytes are read from a connection. Node hands out a fresh buffer for every `data` event, which costs a fifth to a third of
 * the processor time of a small request. `onread` reads into a buffer of ours instead, and one does for all links, since
 * reading and using what was read happen in one go. But `onread` cannot be asked for on a connection that a server has
 * accepted: so its handle is taken and given to a socket of our own. That is not documented, though it has worked for
 * years; where it does not, `data` events do the same at their price.
 */

import { Socket } from "node:net";

/** One read takes at most this much: some five hundred small frames. */
const readBufferBytes = 64 * 1024;

/** Takes what was read; it may be overwritten when this returns. */
export type Receive = (bytes: Uint8Array) => void;

/** The buffer that all plain connections of a process read into. */
export class ReadBuffer {
  readonly #buffer = Buffer.allocUnsafeSlow(readBufferBytes);

  /** The option for `net.connect` with which it is read into. */
  onread(receive: Receive): {
    readonly buffer: Uint8Array;
    readonly callback: (bytes: number) => boolean;
  } {
    const buffer = this.#buffer;
    return {
      buffer,
      callback: (lengthBytes) => {
        receive(buffer.subarray(0, lengthBytes));
        return true;
      },
    };
  }

  /** A socket for what a server with `pauseOnConnect` has accepted. It reads nothing before it is resumed. */
  adopt(accepted: Socket, receive: Receive): Socket {
    const handle: unknown = Reflect.get(accepted, "_handle");
    if (typeof handle !== "object" || handle === null) return accepted.on("data", receive);
    return new Socket({
      // @ts-expect-error -- `handle` is not in the types, see above
      handle,
      onread: this.onread(receive),
    });
  }
}
