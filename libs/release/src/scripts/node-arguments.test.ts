import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { openLauncherScene } from "../../testing/launcher-scene.ts";
import { parseNodeArguments } from "./node-arguments.ts";

describe("parseNodeArguments()", () => {
  test("tells each word with its line", () => {
    assert.deepEqual(parseNodeArguments('# a\n\n--b  --c="d e" # f\r\n"--g"\n'), {
      words: [
        { word: "--b", line: 3 },
        { word: "--c=d e", line: 3 },
        { word: "--g", line: 4 },
      ],
      problems: [],
    });
  });

  test("goes on behind a line that is wrong", () => {
    assert.deepEqual(parseNodeArguments('--a "\n""\n--b'), {
      words: [
        { word: "--a", line: 1 },
        { word: "--b", line: 3 },
      ],
      problems: [
        { line: 1, problem: "a quotation mark is missing" },
        { line: 2, problem: "there is nothing between the quotation marks" },
      ],
    });
  });

  test("reads what bin/NAME reads", async () => {
    await using scene = await openLauncherScene();
    await scene.write("releases/COOKIE", "a");
    const pieces = [
      '"',
      " ",
      "\t",
      "#",
      "-",
      "a",
      "$x",
      "*",
      "\\",
      "'",
      "é",
      "\n",
      "\r\n",
      '"b c"',
    ];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 24 });
    const property = fc.asyncProperty(text, async (parts) => {
      const content = parts.join("");
      await scene.writeVersion("vm.args", content);
      const { stdout, stderr } = await scene.run(["start"]);
      const { words, problems } = parseNodeArguments(content);
      const [problem] = problems;
      if (problem !== undefined) {
        assert.ok(stderr.endsWith(`vm.args:${problem.line}: ${problem.problem}\n`), stderr);
        return;
      }
      const told = words.map(({ word }) => `[${word}]\n`).join("");
      assert.equal(stdout.slice(0, stdout.indexOf(`[${scene.release.path}`)), told);
    });
    await fc.assert(property, { numRuns: 60 });
  });
});
