import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { byteMember, bytesIn, parseBase64 } from "./byte-form.ts";
import { shownBytes, shownLines } from "./shown-bytes.ts";

suite("bytes in JSON", () => {
  test("come back as they were, whatever they are", () => {
    const property = fc.property(
      fc.uint8Array(),
      fc.constantFrom("text" as const, "base64" as const),
      (bytes, form) => {
        const wired: Record<string, unknown> = JSON.parse(
          JSON.stringify(byteMember("key", bytes, form)),
        );
        assert.deepEqual([...(bytesIn(wired, "key") ?? [])], [...bytes]);
      },
    );
    fc.assert(property);
  });

  test("are text where they are UTF-8, with a mark of byte order too", () => {
    assert.deepEqual(byteMember("key", Buffer.from("\ufeffä")), { key: "\ufeffä" });
    assert.deepEqual(byteMember("key", Uint8Array.of(0xff)), { keyBase64: "/w==" });
    assert.deepEqual(byteMember("key", Buffer.from("a"), "base64"), { keyBase64: "YQ==" });
  });

  for (const text of ["YQ", "YQ=", "Y Q==", "YQ==\n", "YQ-_", "=", "YQ==YQ=="]) {
    test(`${JSON.stringify(text)} is no base64`, () => {
      assert.equal(parseBase64(text), undefined);
    });
  }

  test("that are given twice are none", () => {
    assert.equal(bytesIn({ key: "a", keyBase64: "YQ==" }, "key"), undefined);
    assert.equal(bytesIn({}, "key"), undefined);
  });
});

suite("bytes for people", () => {
  test("leave no line and disturb no terminal", () => {
    assert.equal(shownBytes(Buffer.from('a"b\n\u001b[31m\\')), String.raw`a"b\x0a\x1b[31m\x5c`);
    assert.equal(shownBytes(Uint8Array.of(0xff, 0x61)), String.raw`\xffa`);
  });

  test("that are a value keep their lines and tabs", () => {
    assert.equal(shownLines(Buffer.from("a\n\tb\u0007")), "a\n\tb\\x07");
  });
});
