import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { CommandFace } from "./command.ts";
import { readInvocation, type WrittenInvocation } from "./invocation.ts";

const face: CommandFace = {
  name: "mix",
  summary: "",
  arguments: [
    { name: "bowl", description: "" },
    { name: "spoon", description: "", optional: true },
    { name: "eggs", description: "", optional: true, variadic: true },
  ],
  options: [
    { name: "dry-run", type: "boolean", description: "" },
    { name: "times", type: "integer", description: "", default: 3 },
    { name: "note", type: "string", description: "" },
  ],
};

suite("readInvocation()", () => {
  test("reads what was typed by the names of the declaration", () => {
    const { words, options } = readInvocation(face, {
      words: ["blue", "wooden", "a", "b"],
      options: { "dry-run": true, note: "slowly" },
    });
    assert.equal(words.text("bowl"), "blue");
    assert.equal(words.optional("spoon"), "wooden");
    assert.deepEqual(words.list("eggs"), ["a", "b"]);
    assert.equal(options.flag("dry-run"), true);
    assert.equal(options.integer("times"), 3);
    assert.equal(options.text("note"), "slowly");
  });

  test("knows what was left out", () => {
    const { words, options } = readInvocation(face, { words: ["blue"], options: {} });
    assert.equal(words.optional("spoon"), undefined);
    assert.deepEqual(words.list("eggs"), []);
    assert.equal(options.flag("dry-run"), false);
    assert.equal(options.text("note"), undefined);
  });

  test("takes a name that is not declared for a bug", () => {
    const { words, options } = readInvocation(face, { words: ["blue"], options: {} });
    assert.throws(() => words.text("bucket"), /declares no argument bucket/u);
    assert.throws(() => options.flag("times"), /declares no boolean option --times/u);
  });

  const refused: readonly (readonly [what: string, written: WrittenInvocation, reason: RegExp])[] =
    [
      ["a missing argument", { words: [], options: {} }, /the argument bowl is missing/u],
      ["an unknown option", { words: ["a"], options: { wet: true } }, /no option --wet/u],
      [
        "an option of another type",
        { words: ["a"], options: { times: "x" } },
        /--times takes integer/u,
      ],
      [
        "a number that is not whole",
        { words: ["a"], options: { times: 1.5 } },
        /--times takes integer/u,
      ],
      ["a flag with a value", { words: ["a"], options: { "dry-run": "x" } }, /takes boolean/u],
    ];
  for (const [what, written, reason] of refused) {
    test(`refuses ${what}`, () => {
      assert.throws(() => readInvocation(face, written), {
        code: "COMMAND_USAGE",
        message: reason,
      });
    });
  }

  test("refuses arguments that there is no place for", () => {
    const plain: CommandFace = {
      name: "plain",
      summary: "",
      arguments: [{ name: "a", description: "" }],
    };
    assert.throws(
      () => readInvocation(plain, { words: ["1", "2"], options: {} }),
      /takes 1 argument, not 2/u,
    );
  });
});
