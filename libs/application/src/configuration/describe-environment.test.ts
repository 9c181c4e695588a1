import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { describeEnvironment } from "./describe-environment.ts";
import { describeSchema } from "./describe-schema.ts";

const rows: readonly (readonly [schema: v.GenericSchema, words: string])[] = [
  [v.string(), "text"],
  [v.pipe(v.string(), v.nonEmpty("expected some")), "text"],
  [v.boolean(), "`true` or `false`"],
  [v.number(), "number"],
  [v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9)), "whole number from 0 to 9"],
  [v.pipe(v.number(), v.minValue(1)), "number from 1"],
  [v.picklist(["log", "memory"]), '`"log"` or `"memory"`'],
  [v.array(v.string()), "list of text"],
  [v.record(v.string(), v.number()), "object of text to number"],
  [
    v.strictObject({ engine: v.optional(v.picklist(["log"]), "log"), size: v.number() }),
    'object with `engine` (`"log"`), `size` (number)',
  ],
  [v.union([v.string(), v.array(v.number())]), "text or list of number"],
  [v.bigint(), "bigint"],
  [v.unknown(), "see its meaning"],
];

for (const [schema, words] of rows) {
  test(`describeSchema(): ${words}`, () => assert.equal(describeSchema(schema), words));
}

test("describeEnvironment() is a table with a row for each key, and shows no secret", () => {
  const environment = {
    mode: { schema: v.string(), default: "a|b", doc: "How.", compileTime: true },
    cookie: { schema: v.string(), default: "hush", doc: "What.", secret: true },
    port: { schema: v.number(), default: 1, doc: "Which.", startOnly: true },
    users: { schema: v.record(v.string(), v.string()), default: {}, doc: "Who.", secret: true },
    host: { schema: v.optional(v.string()), default: undefined, doc: "Where." },
  };
  assert.equal(
    describeEnvironment({ environment }),
    [
      "| key | value | default | meaning |",
      "| --- | --- | --- | --- |",
      '| `mode` | text | `"a\\|b"` | How. **Fixed when a release is built.** |',
      "| `cookie` | text | secret | What. **Secret.** |",
      "| `port` | number | `1` | Which. **Read at the start only.** |",
      "| `users` | object of text to text | `{}` | Who. **Secret.** |",
      "| `host` | text | none | Where. |",
    ].join("\n"),
  );
});
