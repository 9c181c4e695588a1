import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as v from "valibot";
import { describeSchema } from "./describe-schema.ts";
import { parseValue } from "./parse-value.ts";

/** The problems with `raw`, as `SUBJECT: EXPECTED`. */
function problems(schema: v.GenericSchema, raw: unknown, secret = false): readonly string[] {
  const declared = { schema, default: undefined, doc: "", secret };
  const parsed = parseValue(declared, { path: "a.key", origin: "test", raw });
  if (parsed.type === "valid") return [];
  return parsed.problems.map(({ subject, expected }) => `${subject}: ${expected}`);
}

suite("what is expected is said in the words of the tables", () => {
  const kinds: readonly (readonly [v.GenericSchema, words: string])[] = [
    [v.string(), "text"],
    [v.boolean(), "true or false"],
    [v.number(), "a number"],
    [v.picklist(["log", "memory"]), '"log" or "memory"'],
    [v.union([v.string(), v.number()]), "text or a number"],
  ];
  for (const [schema, words] of kinds) {
    test(words, () => {
      assert.deepEqual(problems(schema, null), [`a.key: expected ${words}`]);
      assert.equal(describeSchema(schema).replaceAll("`", ""), words.replace(/\ba /u, ""));
    });
  }

  const number = v.pipe(v.number(), v.safeInteger(), v.minValue(2), v.maxValue(9));
  const others: readonly (readonly [v.GenericSchema, raw: unknown, ...words: string[]])[] = [
    [v.array(v.string()), 1, "a list"],
    [v.strictObject({}), 1, "an object"],
    [v.record(v.string(), v.string()), 1, "an object"],
    [number, 1.5, "a whole number", "a number from 2"],
    [number, 10, "a number to 9"],
    [v.pipe(v.string(), v.email()), "x", "a valid email"],
  ];
  for (const [schema, raw, ...words] of others) {
    test(words.join(", "), () => {
      assert.deepEqual(
        problems(schema, raw),
        words.map((each) => `a.key: expected ${each}`),
      );
    });
  }
});

suite("a secret shows", () => {
  const name = v.pipe(v.string(), v.regex(/^\w+$/u, "expected a name"));
  const schema = v.record(name, v.strictObject({ hash: v.string("expected a hash") }));

  test("whose value is wrong", () => {
    assert.deepEqual(problems(schema, { ann: { hash: 1 } }, true), [
      "a.key.ann.hash: expected a hash",
    ]);
  });

  test("which member is missing", () => {
    assert.deepEqual(problems(schema, { ann: {} }, true), ["a.key.ann.hash: it is missing"]);
  });

  test("no name that is wrong itself", () => {
    assert.deepEqual(problems(schema, { "hush hush": { hash: "x" } }, true), [
      "a.key: expected a name",
    ]);
    assert.deepEqual(problems(schema, { ann: { hash: "x", hush: 1 } }, true), [
      "a.key.ann: no such member",
    ]);
  });
});
