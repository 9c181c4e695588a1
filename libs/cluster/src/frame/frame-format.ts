/**
 * What crosses a link once its handshake is done.
 *
 * ```text
 * link   = { frame } ;
 * frame  = length, kind, id, body ;            (* length: of all that follows it *)
 * call   = length, 1, id, remaining, payload ; (* the caller gives it up in so many milliseconds *)
 * answer = length, 2, id, payload ;            (* to the call of that id in the other direction *)
 * ping   = length, 3, id ;                     (* is answered by a pong of that id *)
 * pong   = length, 4, id ;
 * beat   = length, 5, 0 ;                      (* a sign of life *)
 * bye    = length, 6, 0 ;                      (* no more calls will come this way *)
 * void   = length, 0, id, { byte } ;           (* a call that was withdrawn before it went out *)
 *
 *  0        4      5        9           13
 *  ┌────────┬──────┬────────┬───────────┬─────────┐
 *  │ length │ kind │ id     │ remaining │ payload │    numbers little-endian, length, id
 *  │ u32    │ u8   │ u32    │ u32       │         │    and remaining are u32
 *  └────────┴──────┴────────┴───────────┴─────────┘
 * ```
 *
 * Each end numbers its own calls; a number is free again when its answer has come. Answers come in any order.
 */

import { writeU32 } from "./little-endian.ts";

/** The kinds of frames, by their byte. */
export const frameKind = {
  void: 0,
  call: 1,
  answer: 2,
  ping: 3,
  pong: 4,
  beat: 5,
  bye: 6,
} as const;

/** Bytes of the length before each frame. */
export const lengthBytes = 4;

/** Bytes of length, kind and id: where the payload of an answer begins. */
export const headerBytes = 9;

/** Where the payload of a call begins. */
export const callHeaderBytes = 13;

/** Where a frame's kind is. */
export const kindOffset = 4;

/** Where the time that is left is, in a call. */
export const remainingOffset = 9;

/** The most that "remaining" can say, in milliseconds: 49 days. */
const remainingLimitMs = 0xffff_ffff;

/** Writes the first nine bytes of a frame of `length` bytes in all. */
export function writeHeader(
  target: Uint8Array,
  at: number,
  length: number,
  kind: number,
  id: number,
): void {
  writeU32(target, at, length - lengthBytes);
  target[at + kindOffset] = kind;
  writeU32(target, at + kindOffset + 1, id);
}

/** Writes how long the call at `at` has; what is over is 0. */
export function writeRemaining(target: Uint8Array, at: number, remainingMs: number): void {
  writeU32(target, at + remainingOffset, Math.max(0, Math.min(remainingMs, remainingLimitMs)));
}
