import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { mayLapse, parseKeyField } from "./key-field.ts";
import { UnknownReply } from "./reply-parts.ts";
import { revisionOf } from "./revision-text.ts";
import { newToken } from "./write-token.ts";

const anySequence = fc.bigInt({ min: 1n, max: 2n ** 53n - 1n }).map(String);
const anyTime = fc.option(fc.nat({ max: 8_640_000_000_000_000 }), { nil: undefined });
/** Blanks and `~` have a meaning in the head of a field, and none in the value behind it. */
const anyValue = fc.array(fc.oneof(fc.constantFrom(0x20, 0x7e, 0x0a, 0), fc.nat({ max: 255 })));

suite("the field of a key", () => {
  test("has its revision, its expiry, and any bytes as they are", () => {
    fc.assert(
      fc.property(anySequence, anyTime, anyValue, (sequence, expiresAtMs, bytes) => {
        const token = newToken();
        const head = `${sequence} ${token} ${expiresAtMs ?? "~"} `;
        const field = parseKeyField(Buffer.concat([Buffer.from(head), Buffer.from(bytes)]));
        assert.equal(field.revision, revisionOf(sequence, token));
        assert.equal(field.expiresAtMs, expiresAtMs);
        assert.deepEqual(field.value, Buffer.from(bytes));
      }),
    );
  });

  test("is none without a whole head", () => {
    for (const text of ["", "7", "7 token", "7 token ~"]) {
      assert.throws(() => parseKeyField(Buffer.from(text)), UnknownReply, text);
    }
  });
});

suite("a bucket may come to its end by itself", () => {
  const cases = [
    ["k ~ ~ ~ 0 0", false, "kept, nothing expires"],
    ["k ~ 5 9 2 16", false, "kept, with keys that expire"],
    ["k 7 ~ ~ 0 0", true, "kept until a time"],
    ["t ~ ~ ~ 0 0", false, "transient, nothing expires"],
    ["t ~ 5 9 2 0", true, "transient, with keys that expire"],
    ["t 7 ~ ~ 0 0", true, "transient until a time"],
  ] as const;
  for (const [rest, expected, what] of cases) {
    test(`${expected ? "if" : "not if"} it is ${what}`, () => {
      assert.equal(mayLapse(Buffer.from(`1763880000000000 ${newToken()} ${rest}`)), expected);
    });
  }
});
