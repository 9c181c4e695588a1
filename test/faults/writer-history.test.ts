import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { WriterHistory } from "./writer-history.ts";

/** A writer of one bucket: `a` is acknowledged with value 1 and then 2; `b` = 3, then `a` deleted, are in flight. */
function history(): WriterHistory {
  const writer = new WriterHistory([["b", "exists"]]);
  writer.submit({ type: "put", bucket: "b", key: "a", value: "1" });
  writer.submit({ type: "put", bucket: "b", key: "a", value: "2" });
  writer.submit({ type: "put", bucket: "b", key: "b", value: "3" });
  writer.submit({ type: "delete", bucket: "b", key: "a" });
  writer.acknowledge("OK");
  writer.acknowledge("OK");
  return writer;
}

type Found = { readonly a: string | undefined; readonly b: string | undefined };

function judge(writer: WriterHistory, { a, b }: Found): readonly string[] {
  return writer
    .judge(
      new Map([
        ["b", "exists"],
        ["b a", a],
        ["b b", b],
      ]),
    )
    .map(({ type }) => type);
}

const states: readonly [what: string, found: Found, types: readonly string[]][] = [
  ["what was acknowledged", { a: "2", b: undefined }, []],
  ["one request in flight carried out", { a: "2", b: "3" }, []],
  ["all requests in flight carried out", { a: undefined, b: "3" }, []],
  ["an older value than the acknowledged one", { a: "1", b: undefined }, ["reverted"]],
  ["a value nobody sent", { a: "2", b: "9" }, ["invented"]],
  ["a later request without an earlier one", { a: undefined, b: undefined }, ["disordered"]],
];

suite("WriterHistory.judge()", () => {
  for (const [what, found, types] of states) {
    test(`finds ${types.length === 0 ? "nothing wrong with" : "fault with"} ${what}`, () => {
      assert.deepEqual(judge(history(), found), types);
    });
  }

  test("finds an acknowledged write lost", () => {
    const writer = new WriterHistory([["b", "exists"]]);
    writer.submit({ type: "put", bucket: "b", key: "a", value: "1" });
    writer.acknowledge("OK");
    assert.deepEqual(judge(writer, { a: undefined, b: undefined }), ["lost"]);
  });

  test("finds a bucket lost", () => {
    const writer = new WriterHistory();
    writer.submit({ type: "create", bucket: "b" });
    writer.acknowledge("OK");
    const violations = writer.judge(new Map([["b", undefined]]));
    assert.deepEqual(
      violations.map(({ type }) => type),
      ["lost"],
    );
  });

  test("goes on from what it found: what was dropped once may not come back", () => {
    const writer = history();
    assert.deepEqual(judge(writer, { a: "2", b: undefined }), []);
    assert.deepEqual(judge(writer, { a: "2", b: "3" }), ["reverted"]);
  });

  test("holds a value that a reader was shown for promised", () => {
    const writer = history();
    assert.equal(writer.show("b b", "3"), undefined);
    assert.deepEqual(judge(writer, { a: "2", b: undefined }), ["lost"]);
  });
});

/** What somebody judges who looked at a copy of the store that was begun after the second acknowledgement. */
function judgeCopy(found: Found): readonly string[] {
  const writer = history();
  const copy = writer.copiedNow();
  writer.acknowledge("OK");
  writer.submit({ type: "put", bucket: "b", key: "a", value: "4" });
  return judge(copy, found);
}

suite("WriterHistory.copiedNow()", () => {
  test("holds promised what was acknowledged by then, and nothing later", () => {
    assert.deepEqual(judgeCopy({ a: "2", b: undefined }), []);
    assert.deepEqual(judgeCopy({ a: "2", b: "3" }), []);
    assert.deepEqual(judgeCopy({ a: "1", b: undefined }), ["reverted"]);
  });

  test("allows what was sent later, in its order", () => {
    assert.deepEqual(judgeCopy({ a: "4", b: "3" }), []);
    assert.deepEqual(judgeCopy({ a: "4", b: undefined }), ["disordered"]);
  });
});

suite("WriterHistory", () => {
  test("finds a reader shown what nobody sent", () => {
    assert.equal(history().show("b a", "9")?.type, "invented");
  });

  test("finds a reply that contradicts the state", () => {
    const writer = new WriterHistory();
    writer.submit({ type: "put", bucket: "none", key: "a", value: "1" });
    assert.equal(writer.acknowledge("OK")?.type, "wrong-reply");
  });

  test("finds a reply that no request asked for", () => {
    assert.equal(new WriterHistory().acknowledge("OK")?.type, "wrong-reply");
  });
});
