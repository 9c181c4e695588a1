import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FileImage } from "./file-image.ts";

const change = fc.oneof(
  fc.record({ at: fc.nat(40), bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }) }),
  fc.record({ length: fc.nat(40) }),
);

test("FileImage holds what was written, and no view of it ever changes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 8 }), fc.array(change), (start, changes) => {
      const image = new FileImage(Uint8Array.from(start));
      let model = [...start];
      const views: (readonly [view: Uint8Array, was: readonly number[]])[] = [];
      for (const each of changes) {
        views.push([image.bytes, model]);
        if ("length" in each) {
          image.truncate(each.length);
          model = Array.from({ length: each.length }, (_, index) => model[index] ?? 0);
        } else {
          image.write(each.at, each.bytes);
          const length = Math.max(model.length, each.at + each.bytes.length);
          model = Array.from({ length }, (_, at) => each.bytes[at - each.at] ?? model[at] ?? 0);
        }
      }
      views.push([image.bytes, model]);
      for (const [view, was] of views) assert.deepEqual([...view], was);
    }),
  );
});

test("FileImage.copy() goes its own way", () => {
  const image = new FileImage();
  image.write(0, Uint8Array.of(1, 2, 3));
  const copy = image.copy();
  copy.write(3, Uint8Array.of(4));
  image.write(3, Uint8Array.of(5));
  assert.deepEqual(
    [copy.bytes, image.bytes],
    [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(1, 2, 3, 5)],
  );
});
