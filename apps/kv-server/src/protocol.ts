import type { ValueSink } from "@kv/kv";
import type { Client } from "./client.ts";
import type { FrontDoor } from "./front-door.ts";
import type { OutputBuffer } from "./output-buffer.ts";
import type { Piece } from "./piece.ts";
import type { PlainRequest } from "./plain-request.ts";
import type { Reply } from "./reply.ts";
import type { Request } from "./request.ts";

/** The longest parts of a request, in bytes. Read anew for every request, so that a change takes effect. */
export interface RequestLimits {
  readonly lineLimitBytes: number;
  readonly keyLimitBytes: number;
  readonly valueLimitBytes: number;
}

/**
 * Turns the bytes of one connection, cut anywhere, into requests. Does no I/O.
 *
 * It is asked for one request at a time, so that its user can stop in the middle of a chunk and go on later.
 */
export interface Decoder {
  /** Lends the next bytes: they are read in place until {@link Decoder.keep}, and must not change till then. */
  feed(piece: Piece): void;
  /**
   * Reads the next request into `plain` if it is a plain one: a get, or a put of one key, and short. Otherwise nothing happens
   * and {@link Decoder.next} has it; what it is may only show when all plain ones before it are carried out. Whether
   * it was one. Its bytes are lent as those of {@link Decoder.feed}.
   */
  nextPlain(plain: PlainRequest): boolean;
  /** The next whole request, `undefined` when more bytes are needed. Its bytes are views until the next call. */
  next(): Request | undefined;
  /** Copies what is left of the lent bytes, so that their memory can be used again. Returns how many wait. */
  keep(): number;
}

/** A language that clients speak: how requests are read from bytes and replies put into them. */
export interface Protocol {
  /** The decoder of one connection, that of `client`. */
  createDecoder(door: FrontDoor, client: Client): Decoder;
  /** Appends `reply` to `output`, when no form was chosen for it. */
  encode(reply: Reply, output: OutputBuffer): void;
  /** Takes values to `output`, each as the reply `found` to a command whose reply tells the value alone. */
  createValueSink(output: OutputBuffer): ValueSink;
}
