import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, suite, test } from "node:test";
import { assembleCode } from "../../testing/assemble-code.ts";
import { type House, openHouse } from "../../testing/house.ts";
import { type Ended, runPiped, runRelease, spawnRelease } from "../../testing/release-run.ts";
import type { Release } from "../release.ts";

let house: House;
let lamp: Release;

before(async () => {
  house = await openHouse();
  lamp = await assembleCode(await house.release());
});
after(() => house[Symbol.asyncDispose]());

const evaluate = (...words: readonly string[]): Promise<Ended> =>
  runRelease(lamp, ["eval", ...words]);

suite("bin/NAME eval", () => {
  test("has the configuration, and starts no application", async () => {
    // An application that would fail to start.
    const broken = { COLOUR: "broken" };
    const code = "console.log(env.get('lamp', 'colour'))";
    assert.deepEqual(await runRelease(lamp, ["eval", code], broken), {
      code: 0,
      stdout: "broken\n",
      stderr: "",
    });
    const wrong = await runRelease(lamp, ["eval", code], { WATTS: "0" });
    assert.deepEqual([wrong.code, wrong.stdout], [78, ""]);
    assert.match(wrong.stderr, /^Cannot start: .*\n  lamp\.watts=0: /u);
  });

  test("evaluates one expression with await, its words and standard input as data", async () => {
    const code =
      "const text = await stdin.text(); console.log(JSON.stringify([text, ...args])); text";
    const words = ["eval", "--print", code, "--print", "a b", "-1"];
    assert.deepEqual(await runPiped(lamp, words, "from outside"), {
      code: 0,
      stdout: `["from outside","--print","a b","-1"]\n'from outside'\n`,
      stderr: "",
    });
  });

  test("ends with the status of what was evaluated", async () => {
    for (const [code, ended] of [
      ["process.exitCode = 7", { code: 7, stdout: "", stderr: "" }],
      ["process.exit(9)", { code: 9, stdout: "", stderr: "" }],
      ["console.error('e'); 1", { code: 0, stdout: "", stderr: "e\n" }],
      [
        "await null; throw new RangeError('no')",
        { code: 1, stdout: "", stderr: "Uncaught RangeError: no\n    at <anonymous>:1:19\n" },
      ],
      ["1 +", { code: 1, stdout: "", stderr: "Uncaught SyntaxError: Unexpected end of input\n" }],
    ] as const) {
      assert.deepEqual(await evaluate(code), ended, code);
    }
  });

  test("tells what fails with nobody waiting for it, without the lines of what has evaluated it", async () => {
    const stderr = "Uncaught Error: unheard\n    at <anonymous>:1:16\n";
    const never = "await new Promise(() => {})";
    assert.deepEqual(await evaluate(`Promise.reject(new Error("unheard")); ${never}`), {
      code: 1,
      stdout: "",
      stderr,
    });
  });

  test("is stopped by --timeout, also behind an await", async () => {
    const pause = "new Promise((resolve) => setTimeout(resolve, 1))";
    for (const code of [
      "while (true) {}",
      "await null; while (true) {}",
      `while (true) await ${pause}`,
    ]) {
      const { code: exit, stderr } = await evaluate("--timeout", "100", code);
      const line = "The expression was not done in 100 ms, and was stopped\n";
      assert.deepEqual([exit, stderr], [1, line], code);
    }
  });

  test("ends with 141 when nobody reads what it prints, as head does", async () => {
    const words = ["eval", "setInterval(() => console.log(1), 1); await new Promise(() => {})"];
    const child = spawnRelease(lamp, words);
    let said = "";
    child.stderr?.on("data", (text) => (said += text));
    await once(child.stdout ?? child, "data");
    child.stdout?.destroy();
    await once(child, "exit");
    assert.deepEqual([child.exitCode, said], [141, ""]);
  });

  for (const words of [[], ["--print"], ["--timeout", "soon", "1"], ["--quick", "1"]]) {
    test(`${JSON.stringify(words)} is refused`, async () => {
      const { code, stdout, stderr } = await evaluate(...words);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^eval takes \[--timeout MS\] \[--print\] EXPRESSION .*\n$/u);
    });
  }
});
