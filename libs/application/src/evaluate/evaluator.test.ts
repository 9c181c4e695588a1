import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { afterEach, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { promisify, types } from "node:util";
import type { Evaluation } from "./evaluation.ts";
import { isEvaluatedPromise } from "./evaluated-promises.ts";
import { Evaluator } from "./evaluator.ts";

const program = new URL("../../testing/runaway-program.ts", import.meta.url).pathname;

let evaluator: Evaluator | undefined;

afterEach(async () => {
  await evaluator?.[Symbol.asyncDispose]();
  evaluator = undefined;
});

interface Bench {
  readonly run: (code: string, timeoutMs?: number, signal?: AbortSignal) => Promise<Evaluation>;
  readonly said: string[];
}

function open(scope: Readonly<Record<string, unknown>> = {}): Bench {
  evaluator ??= new Evaluator();
  const said: string[] = [];
  const session = evaluator.open({ scope, say: (stream, text) => said.push(`${stream}: ${text}`) });
  const run: Bench["run"] = (code, timeoutMs = 60_000, signal) =>
    session.evaluate(code, { timeoutMs, signal });
  return { run, said };
}

test("the value of the last expression comes back as it is, of whatever type", async () => {
  const there = { a: 1 };
  const { run } = open({ there });
  for (const [code, value] of [
    ["1 + 1", 2],
    ["-0", -0],
    ["10n ** 20n", 10n ** 20n],
    ["NaN", Number.NaN],
    ["undefined", undefined],
    ["null", null],
    ["'a'", "a"],
    ["there", there],
    ["await new Promise((resolve) => setTimeout(resolve, 1, 'later'))", "later"],
    ["const x = 1; x + 1", 2],
    ["const x = 5; x", 5],
    ["x", 5],
    ["new Uint8Array(2)", new Uint8Array(2)],
    ["Buffer.from('a') instanceof Uint8Array", true],
  ] as const) {
    assert.deepEqual(await run(code), { type: "value", value }, code);
  }
  const same = await run("there");
  assert.ok(same.type === "value" && same.value === there);
});

test("what is declared stays in its session", async () => {
  const one = open();
  const other = open();
  await one.run("let mine = 1; globalThis.ours = 2");
  assert.deepEqual(await one.run("mine + ours"), { type: "value", value: 3 });
  const strange = await other.run("mine");
  assert.ok(strange.type === "thrown" && types.isNativeError(strange.error));
  assert.equal(strange.error.name, "ReferenceError");
  assert.ok(!("ours" in globalThis));
});

test("what is thrown, and what is rejected, comes back as it is", async () => {
  const { run } = open({ RangeError });
  for (const code of ["throw new RangeError('no')", "await Promise.reject(new RangeError('no'))"]) {
    const outcome = await run(code);
    assert.ok(outcome.type === "thrown" && outcome.error instanceof RangeError, code);
    assert.equal(outcome.error.message, "no");
  }
  assert.deepEqual(await run("throw 7"), { type: "thrown", error: 7 });
});

test("code that is none is told apart: from what throws, and from what is only unfinished", async () => {
  const { run } = open();
  for (const code of ["1 +", "function f() {", "`a", "f(1,", "if (true) {"]) {
    const outcome = await run(code);
    assert.ok(outcome.type === "syntax" && outcome.isUnfinished, code);
  }
  for (const code of [")", "1 1", "let let"]) {
    const outcome = await run(code);
    assert.ok(outcome.type === "syntax" && !outcome.isUnfinished, code);
  }
  for (const code of ["new Function('1 +')", "JSON.parse('{')", "throw new SyntaxError('x')"]) {
    assert.equal((await run(code)).type, "thrown", code);
  }
});

test("console prints for whoever has typed the code", async () => {
  const { run, said } = open();
  await run("console.log('a', 1); console.error('b')");
  assert.deepEqual(said, ["stdout: a 1\n", "stderr: b\n"]);
});

test("a runaway is stopped by its deadline, and what runs beside it goes on", async () => {
  const { run } = open();
  assert.deepEqual(await run("while (true) {}", 50), { type: "timeout" });
  assert.deepEqual(await run("1"), { type: "value", value: 1 });
});

// The test runner follows promises by hooks, which do not survive what it is that stops them: a process of its own has none.
test("so is one that has awaited something, wherever it is by then", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  assert.deepEqual(stdout.trim().split("\n"), [
    "at once: timeout",
    "after a promise: timeout",
    "after a timer: timeout",
    "that catches everything: timeout",
    "of another: value 2",
  ]);
});

test("one that waits for ever is given up, by its deadline and by whoever asked", async () => {
  const { run } = open();
  assert.deepEqual(await run("await new Promise(() => {})", 20), { type: "timeout" });
  const nobody = new AbortController();
  const waiting = run("await new Promise(() => {})", 60_000, nobody.signal);
  nobody.abort();
  assert.deepEqual(await waiting, { type: "aborted" });
  assert.deepEqual(await run("1", 60_000, nobody.signal), { type: "aborted" });
});

test("one that is given up sets no timer any more, and what it has set does not fire", async () => {
  let ticks = 0;
  const { run } = open({ tick: () => (ticks += 1) });
  const pauses = [
    "new Promise((resolve) => setTimeout(resolve, 1))",
    "new Promise((resolve) => setImmediate(resolve))",
    "load('node:util').promisify(setTimeout)(1)",
    "new Promise((resolve) => { const t = setInterval(() => { clearInterval(t); resolve() }, 1) })",
    "new Promise((resolve) => setTimeout(() => Promise.resolve().then(() => setTimeout(resolve, 1)), 1))",
  ];
  const load = "const load = (name) => process.getBuiltinModule(name)";
  for (const pause of pauses) {
    const before = ticks;
    const code = `${load}; while (true) { tick(); await ${pause}; }`;
    assert.deepEqual(await run(code, 30), { type: "timeout" });
    assert.ok(ticks > before + 1, pause);
    const after = ticks;
    // Timers of one duration fire in the order in which they were set.
    for (let turn = 0; turn < 10; turn++) await setTimeout(1);
    assert.equal(ticks, after, pause);
  }
});

test("what one has set that was done in time goes on", async () => {
  const ticked = Promise.withResolvers<void>();
  let ticks = 0;
  const tick = (): boolean => {
    ticks += 1;
    if (ticks === 3) ticked.resolve();
    return ticks < 3;
  };
  const { run } = open({ tick });
  await run("const again = () => tick() && setTimeout(again, 1); setTimeout(again, 1)");
  assert.deepEqual(await run("await new Promise(() => {})", 10), { type: "timeout" });
  await ticked.promise;
  const timer = await run("const timer = setTimeout(tick, 60_000); clearTimeout(timer); timer");
  assert.ok(timer.type === "value" && typeof timer.value === "object");
});

test("a promise of evaluated code is known as such, and no other", async () => {
  const { run } = open({ theirs: Promise.resolve() });
  const made = await run("({ promise: (async () => {})() })");
  assert.ok(made.type === "value");
  assert.equal(isEvaluatedPromise(Object(made.value).promise), true);
  assert.equal(isEvaluatedPromise(Promise.resolve()), false);
  assert.equal(isEvaluatedPromise(undefined), false);
  const theirs = await run("({ theirs })");
  assert.ok(theirs.type === "value");
  assert.equal(isEvaluatedPromise(Object(theirs.value).theirs), false);
});
