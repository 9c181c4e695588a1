import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";

const execute = promisify(execFile);

/**
 * What is reported of a test file with this body, as `npm test` prints it. A process of its own runs it: node:test
 * refuses to be run from within one of its tests.
 */
async function reportOn(body: string, limitMs = 30_000): Promise<string> {
  await using root = await makeTemporaryDirectory();
  const file = join(root.path, "some.test.mjs");
  await writeFile(file, `import { suite, test } from "node:test";\n${body}\n`);
  const main = join(root.path, "main.mjs");
  await writeFile(main, mainFile(root.path, limitMs));
  const env = { ...process.env };
  delete env["NODE_TEST_CONTEXT"];
  const { stdout } = await execute(process.execPath, [main], { env });
  return stdout;
}

function mainFile(root: string, limitMs: number): string {
  return `
    import { closingLines, fileLines } from ${sourceOf("report.ts")};
    import { runFile } from ${sourceOf("run-file.ts")};
    const signal = new AbortController().signal;
    const options = { root: ${JSON.stringify(root)}, limitMs: ${limitMs}, signal };
    const report = await runFile("some.test.mjs", options);
    const suites = [{ name: "some", tookMs: 1500, files: [report] }];
    console.log([...fileLines(report), ...closingLines(suites)].join("\\n"));
  `;
}

/** The specifier of a file beside this one, quoted. */
function sourceOf(name: string): string {
  return JSON.stringify(pathToFileURL(join(import.meta.dirname, name)).href);
}

function lastLine(report: string): string {
  return report.trimEnd().split("\n").at(-1) ?? "";
}

suite("runFile()", () => {
  test("counts tests, not the suites around them", async () => {
    const report = await reportOn(
      `suite("s", () => { test("a", () => {}); test("b", () => {}); }); test("c", () => {});`,
    );
    assert.match(report, /^ {2}ok +some\.test\.mjs \(3, \d+\.\d s\)$/mu);
    assert.match(report, /^some +3 +0 +0 +1\.5 s$/mu);
    assert.equal(lastLine(report), "3 passed, 0 failed, 0 skipped");
  });

  test("tells once how a test failed, and what its file printed", async () => {
    const report = await reportOn(
      `suite("s", () => { test("a", () => { console.log("so far"); throw new Error("no milk"); }); });`,
    );
    assert.match(report, /^ {2}FAILED some\.test\.mjs/mu);
    assert.equal(report.match(/Error: no milk/gu)?.length, 1);
    assert.match(report, /it printed:\n +so far/u);
    assert.equal(lastLine(report), "0 passed, 1 failed, 0 skipped");
  });

  test("prints nothing that a passing file printed, but its diagnostics", async () => {
    const report = await reportOn(
      `test("a", (t) => { console.log("so far"); t.diagnostic("seed 42"); });`,
    );
    assert.doesNotMatch(report, /so far/u);
    assert.match(report, /seed 42/u);
  });

  test("lists skipped tests with their reason", async () => {
    const report = await reportOn(
      `test("a", { skip: "no nc here" }, () => {}); test("b", () => {});`,
    );
    assert.match(report, /^Skipped:\n {2}some\.test\.mjs: a: no nc here$/mu);
    assert.equal(lastLine(report), "1 passed, 0 failed, 1 skipped");
  });

  test("lists a suite that is skipped as one, also when its file has nothing else", async () => {
    const report = await reportOn(
      `suite("s", { skip: "no nc here" }, () => { test("a", () => {}); test("b", () => {}); });`,
    );
    assert.match(report, /^Skipped:\n {2}some\.test\.mjs: s: no nc here$/mu);
    assert.equal(lastLine(report), "0 passed, 0 failed, 1 skipped");
  });

  test("fails a file that cannot be loaded", async () => {
    const report = await reportOn(`throw new Error("not today");`);
    assert.match(report, /Error: not today/u);
    assert.equal(lastLine(report), "0 passed, 1 failed, 0 skipped");
  });

  test("fails a file without tests", async () => {
    const report = await reportOn("");
    assert.match(report, /There is no test in this file/u);
    assert.equal(lastLine(report), "0 passed, 1 failed, 0 skipped");
  });

  test("ends a file that does not end by itself, and names it", async () => {
    const report = await reportOn(`test("a", () => {}); setInterval(() => {}, 1000);`, 1_000);
    assert.match(report, /✖ some\.test\.mjs\n\n +Its process was ended: it took longer than 1 s/u);
    assert.equal(lastLine(report), "1 passed, 1 failed, 0 skipped");
  });
});
