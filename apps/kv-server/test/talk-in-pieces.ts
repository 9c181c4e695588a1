import { pieceOf } from "../src/piece.ts";
import type { Protocol } from "../src/protocol.ts";
import { type Pause, Session } from "../src/session.ts";
import { FakeKv } from "./fake-kv.ts";
import { defaults } from "./start-test-listener.ts";
import { createTestDoor, SOMEBODY } from "./test-door.ts";

/** What a session made of all its input. */
export interface Talk {
  /** All that it answered, one character for a byte. */
  readonly output: string;
  readonly pause: Pause;
  /** The most input that it kept between two pieces, in bytes. */
  readonly keptBytes: number;
}

/** What comes between a session and its input; nothing by default. */
export interface Interruptions {
  /** How long the pieces are that the input comes in; the last one is what is left. */
  readonly pieces?: readonly number[];
  /** Whenever so many bytes of replies are there it pauses, and goes on. */
  readonly roomBytes?: number;
}

/**
 * What a session with buckets of its own answers to `bytes`. Throws what the session takes for a bug.
 */
export function talkInPieces(
  protocol: Protocol,
  bytes: Uint8Array,
  { pieces = [], roomBytes = Number.POSITIVE_INFINITY }: Interruptions = {},
): Talk {
  const environment = { ...defaults(), lineLimitBytes: 1000 };
  const kv = new FakeKv();
  kv.readsAtOnce = true;
  kv.writesAtOnce = true;
  const door = createTestDoor(kv, protocol, { environment });
  const { output } = door;
  const session = new Session(door, {
    client: SOMEBODY,
    onProgress: () => {},
    onBug: (error) => {
      throw error;
    },
  });
  const readBuffer = new Uint8Array(bytes.length);
  let [start, keptBytes] = [0, 0];
  let pause: Pause = "starved";
  let text = "";
  for (const length of [...pieces, bytes.length]) {
    const piece = readBuffer.subarray(0, Math.min(length, bytes.length - start));
    piece.set(bytes.subarray(start, start + piece.length));
    start += piece.length;
    session.feed(pieceOf(piece));
    do {
      pause = session.execute(roomBytes);
      session.deliver();
      keptBytes = Math.max(keptBytes, session.keepInput());
      readBuffer.fill(0x2a);
      text += Buffer.from(output.view()).toString("latin1");
      output.clear();
    } while (pause === "full");
    if (pause !== "starved") break;
  }
  if (session.owesReplies) throw new Error("the session owes replies, and nothing is under way");
  return { output: text, pause, keptBytes };
}
