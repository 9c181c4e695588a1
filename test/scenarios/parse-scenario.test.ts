import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseScenario } from "./parse-scenario.ts";

const malformed: readonly [what: string, text: string, message: RegExp][] = [
  ["a step before the first case", "> CREATE a", /^f\.txt:1: expected "env/u],
  ["a mark that is none", "== a\n? CREATE a", /^f\.txt:2: "\? CREATE a" is no step/u],
  ["an unknown verb", "== a\n\n* stop", /^f\.txt:3: "stop" is none of/u],
  ["a named restart", "== a\nx* restart", /^f\.txt:2: /u],
  ["a backslash that begins no escape", "== a\n> \\q", /^f\.txt:2: .*backslash/u],
  ["pieces of no bytes", "== a\n>0 x", /^f\.txt:2: /u],
  ["a setting that is not JSON", "config kv.node = x", /^f\.txt:1: /u],
];

suite("parseScenario()", () => {
  test("reads what the node is started with", () => {
    const text = "# a comment\nenv PORT=0\nconfig kv-server.limits.lineBytes = 64\n";
    assert.deepEqual(parseScenario("f.txt", text), {
      file: "f.txt",
      env: { PORT: "0" },
      settings: [{ application: "kv-server", path: ["limits", "lineBytes"], value: 64 }],
      cases: [],
    });
  });

  test("reads cases and steps, with their lines", () => {
    const text = "== one\n> CREATE a\nx< \n\n== two\n>> \\xff\n>2 abc\nx* end\n* kill\n";
    assert.deepEqual(parseScenario("f.txt", text).cases, [
      {
        title: "one",
        line: 1,
        steps: [
          { type: "send", line: 2, connection: "", pieces: [Buffer.from("CREATE a\r\n")] },
          { type: "expect", line: 3, connection: "x", reply: Buffer.from("\r\n") },
        ],
      },
      {
        title: "two",
        line: 5,
        steps: [
          { type: "send", line: 6, connection: "", pieces: [Buffer.from([0xff])] },
          {
            type: "send",
            line: 7,
            connection: "",
            pieces: [Buffer.from("ab"), Buffer.from("c\r"), Buffer.from("\n")],
          },
          { type: "end", line: 8, connection: "x" },
          { type: "kill", line: 9 },
        ],
      },
    ]);
  });

  for (const [what, text, message] of malformed) {
    test(`refuses ${what}`, () => {
      assert.throws(() => parseScenario("f.txt", text), { name: "SyntaxError", message });
    });
  }
});
