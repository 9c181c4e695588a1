import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createEnvironmentReader, type EnvironmentReader } from "./environment-reader.ts";

interface Row {
  readonly read: (env: EnvironmentReader) => unknown;
  readonly text: string | undefined;
  readonly value: unknown;
  readonly expected?: string;
}

const port = (env: EnvironmentReader): unknown => env.integer("X", { min: 0, max: 65_535 });
const whole = "expected a whole number";

const rows: Readonly<Record<string, Row>> = {
  "string: unset": { read: (env) => env.string("X"), text: undefined, value: undefined },
  "string: empty counts as unset": { read: (env) => env.string("X"), text: "", value: undefined },
  "string: as it is": { read: (env) => env.string("X"), text: " a ", value: " a " },
  "integer: unset": { read: port, text: undefined, value: undefined },
  "integer: digits": { read: port, text: "65535", value: 65_535 },
  "integer: a sign": { read: (env) => env.integer("X"), text: "-3", value: -3 },
  "integer: a word": {
    read: port,
    text: "abc",
    value: undefined,
    expected: `${whole} from 0 to 65535`,
  },
  "integer: hexadecimal": {
    read: port,
    text: "0x10",
    value: undefined,
    expected: `${whole} from 0 to 65535`,
  },
  "integer: a fraction": {
    read: (env) => env.integer("X"),
    text: "1.5",
    value: undefined,
    expected: whole,
  },
  "integer: white space": {
    read: (env) => env.integer("X"),
    text: "1 ",
    value: undefined,
    expected: whole,
  },
  "integer: beyond what is exact": {
    read: (env) => env.integer("X"),
    text: "9007199254740993",
    value: undefined,
    expected: whole,
  },
  "integer: too small": {
    read: (env) => env.integer("X", { min: 1 }),
    text: "0",
    value: undefined,
    expected: `${whole} of at least 1`,
  },
  "integer: too large": {
    read: (env) => env.integer("X", { max: 1 }),
    text: "2",
    value: undefined,
    expected: `${whole} of at most 1`,
  },
  "boolean: true": { read: (env) => env.boolean("X"), text: "Yes", value: true },
  "boolean: false": { read: (env) => env.boolean("X"), text: "0", value: false },
  "boolean: a word": {
    read: (env) => env.boolean("X"),
    text: "constructor",
    value: undefined,
    expected: "expected true or false",
  },
  "list: parts": { read: (env) => env.list("X"), text: " a, b,,c ", value: ["a", "b", "c"] },
  "list: unset": { read: (env) => env.list("X"), text: undefined, value: undefined },
  "required: set": { read: (env) => env.required("X"), text: "a", value: "a" },
  "required: unset": {
    read: (env) => env.required("X"),
    text: undefined,
    value: "",
    expected: "it must be set",
  },
};

suite("createEnvironmentReader()", () => {
  for (const [title, { read, text, value, expected }] of Object.entries(rows)) {
    test(title, () => {
      const problems: (string | undefined)[] = [];
      const env = createEnvironmentReader({ X: text }, (seen) => problems.push(seen.expected));
      assert.deepEqual(read(env), value);
      assert.deepEqual(problems, [expected]);
    });
  }
});
