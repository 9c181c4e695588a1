import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { drawKeys, eachKeyOnce, hotKeysOf } from "./draw-keys.ts";
import { drawValues, KEY_BYTES, makeKey, VALUE_BYTES, writeKeyDigits } from "./population.ts";

suite("writeKeyDigits()", () => {
  for (const [index, text] of [
    [0, "key:00000000"],
    [1_234, "key:00001234"],
    [99_999_999, "key:99999999"],
  ] as const) {
    test(`writes ${index} as ${text}`, () => {
      const key = makeKey();
      writeKeyDigits(key, 0, index);
      assert.equal(Buffer.from(key).toString(), text);
      assert.equal(key.length, KEY_BYTES);
    });
  }
});

suite("drawValues()", () => {
  test("draws words of the lengths promised, from its seed", () => {
    const values = drawValues(2_000, 1);
    const lengths = values.map(({ length }) => length);
    assert.equal(Math.min(...lengths), VALUE_BYTES.least);
    assert.equal(Math.max(...lengths), VALUE_BYTES.most);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    assert.ok(Math.abs(mean - VALUE_BYTES.mean) < 3, `mean ${mean}`);
    assert.ok(values.every((value) => value.every((byte) => byte > 0x20 && byte < 0x7f)));
    assert.deepEqual(drawValues(2_000, 1), values);
  });
});

suite("hotKeysOf()", () => {
  test("spreads as many different keys over any population", () => {
    for (const keys of [10_000, 12_345, 1_000_000]) {
      const hot = hotKeysOf(keys, 10_000);
      assert.equal(new Set(hot).size, 10_000);
      assert.ok(Math.max(...hot) < keys);
      assert.ok(Math.max(...hot) >= keys - keys / 10_000 - 1);
    }
  });

  test("takes every key of a small population", () => {
    assert.deepEqual([...hotKeysOf(3, 10)], [0, 1, 2]);
  });
});

suite("drawKeys()", () => {
  test("draws hot keys only", () => {
    const hot = new Set(hotKeysOf(5_000, 100));
    const drawn = drawKeys(5_000, { type: "hot", hotKeys: 100 }, { count: 3_000, seed: 4 });
    assert.ok(drawn.every((index) => hot.has(index)));
    assert.equal(new Set(drawn).size, 100);
  });

  test("draws from the whole population, the same from the same seed", () => {
    const drawn = drawKeys(100, { type: "uniform" }, { count: 3_000, seed: 4 });
    assert.equal(new Set(drawn).size, 100);
    assert.deepEqual(drawKeys(100, { type: "uniform" }, { count: 3_000, seed: 4 }), drawn);
    assert.notDeepEqual(drawKeys(100, { type: "uniform" }, { count: 3_000, seed: 5 }), drawn);
  });
});

suite("eachKeyOnce()", () => {
  test("names the hot keys, or the whole population", () => {
    const hot = { type: "hot", hotKeys: 10 } as const;
    assert.deepEqual(eachKeyOnce(1_000, hot), hotKeysOf(1_000, 10));
    assert.equal(new Set(eachKeyOnce(1_000, { type: "uniform" })).size, 1_000);
  });

  test("names no more than a million of a larger one", () => {
    const once = eachKeyOnce(3_000_000, { type: "uniform" });
    assert.equal(once.length, 1_000_000);
    assert.ok((once.at(-1) ?? 0) > 2_999_990);
  });
});
