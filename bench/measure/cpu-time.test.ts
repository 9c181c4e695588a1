import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseProcStat, parsePsTime, parseSchedstat, readCpuTimeUs } from "./cpu-time.ts";

suite("parseProcStat()", () => {
  test("adds utime and stime, whatever the program is called", () => {
    const stat = "812 (a ) b (c) R 1 812 812 0 -1 4194560 900 0 3 0 250 50 0 0 20 0 11 0 99 1 2";
    assert.equal(parseProcStat(stat), 3_000_000);
  });

  test("tells nothing of anything else", () =>
    assert.equal(parseProcStat("no (such) thing"), undefined));
});

test("parseSchedstat() takes the time that the thread has run", () => {
  assert.equal(parseSchedstat("1234567000 89 12\n"), 1_234_567);
});

const times: readonly [text: string, us: number | undefined][] = [
  ["  0:01.25\n", 1_250_000],
  ["12:03.40", 723_400_000],
  ["00:01:02", 62_000_000],
  ["2-03:04:05", 183_845_000_000],
  ["", undefined],
];

suite("parsePsTime()", () => {
  for (const [text, us] of times) {
    test(`reads "${text.trim()}"`, () => assert.equal(parsePsTime(text), us));
  }
});

test("readCpuTimeUs() grows while this process works", {
  skip: process.platform === "win32",
}, () => {
  const before = readCpuTimeUs(process.pid) ?? Number.NaN;
  const started = process.cpuUsage();
  for (let used = 0; used < 300_000; ) {
    const { user, system } = process.cpuUsage(started);
    used = user + system;
  }
  const used = (readCpuTimeUs(process.pid) ?? Number.NaN) - before;
  assert.ok(used > 250_000 && used < 5_000_000, `${used} us`);
});
