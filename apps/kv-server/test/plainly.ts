import type { FieldPlace, GetOutcome, LaterListener, PlainListener, PutOutcome } from "@kv/kv";

/** Tells `listener` of what another node answers, in the way of what is asked plainly. */
export function plainly(listener: PlainListener): LaterListener<GetOutcome | PutOutcome> {
  return {
    answered(answer) {
      const { outcome } = answer;
      if (outcome.type === "stored") listener.stored(outcome.added);
      else if (outcome.type === "found") {
        // As it lies in what a link has read: amid other bytes, and overwritten as soon as this returns.
        const read = Buffer.concat([Buffer.from("12345"), outcome.value, Buffer.from("67")]);
        const { buffer, byteOffset } = read;
        const start = byteOffset + 5;
        listener.found(new DataView(buffer), start, start + outcome.value.length);
        read.fill(0xdb);
      } else listener.answered(answer);
    },
    failed: (error) => listener.failed(error),
  };
}

/** Copies of the key and the value that `place` tells of. */
export function fieldAt(place: FieldPlace): {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
} {
  const { bytes, start, end, valueWords, valueStart, valueEnd } = place;
  const { buffer, byteOffset } = valueWords;
  const value = new Uint8Array(buffer, byteOffset + valueStart, valueEnd - valueStart);
  return { key: Uint8Array.from(bytes.subarray(start, end)), value: Uint8Array.from(value) };
}
