import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { errorAnswer, nameOfValue, paddedValue } from "./request.ts";

suite("paddedValue()", () => {
  test("makes some values long, and is taken back by nameOfValue()", () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `c${index % 10}-${index}`);
    for (const name of names) assert.equal(nameOfValue(paddedValue(name)), name);
    assert.ok(names.some((name) => paddedValue(name).length > 1_000));
  });

  test("shows a value that was cut", () => {
    const names = Array.from({ length: 100 }, (_, index) => `c0-${index}`);
    const long = names.find((name) => paddedValue(name).length > 100) ?? "";
    assert.equal(nameOfValue(paddedValue(long).slice(0, 99)), `${long}?99`);
  });
});

suite("errorAnswer()", () => {
  const lost = "ERROR the connection to bar@lab was lost";
  const unknown = `${lost}; the write may have been applied`;

  test("takes a write for unknown only where the node says that it may have been applied", () => {
    const put = { type: "put", value: "a" } as const;
    assert.equal(errorAnswer(unknown, put).outcome.type, "unknown");
    assert.equal(errorAnswer(lost, put).outcome.type, "failed");
    assert.equal(errorAnswer(lost, { type: "get" }).outcome.type, "failed");
  });
});
