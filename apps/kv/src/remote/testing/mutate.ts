import fc from "fast-check";

/** Some change of bytes that somebody else has made. */
export type Mutation = (bytes: Uint8Array) => Uint8Array;

/** One to three bytes changed, taken out, put in or doubled: at any place, where lengths and kinds lie too. */
export const anyMutation: fc.Arbitrary<Mutation> = fc
  .array(
    fc.record({
      type: fc.constantFrom("set", "flip", "remove", "insert", "repeat"),
      part: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      byte: fc.oneof(fc.constantFrom(0, 1, 2, 3, 0x7f, 0x80, 0xff), fc.nat({ max: 255 })),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((changes) => (bytes) => {
    const list = Array.from(bytes);
    for (const { type, part, byte } of changes) {
      const at = Math.floor(list.length * part);
      if (type === "set") list[at] = byte;
      else if (type === "flip") list[at] = (list[at] ?? 0) ^ (1 << (byte % 8));
      else if (type === "remove") list.splice(at, 1);
      else if (type === "insert") list.splice(at, 0, byte);
      else list.splice(at, 0, ...list.slice(at, at + 5));
    }
    return Uint8Array.from(list);
  });
