import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { FakeOutput } from "../../../testing/fake-host.ts";
import { ManualTime } from "../../../testing/manual-time.ts";
import { ProgressLine } from "./progress-line.ts";

suite("ProgressLine", () => {
  test("shows nothing of what is over within two seconds", async () => {
    const [stream, time] = [new FakeOutput(), new ManualTime()];
    const line = new ProgressLine(stream, time, true);
    line.show("1 of 2");
    await time.advance(1_999);
    line[Symbol.dispose]();
    await time.advance(10_000);
    assert.equal(stream.text, "");
    assert.equal(time.sleepers, 0);
  });

  test("shows the latest text then, at most ten times a second, and cleans up", async () => {
    const [stream, time] = [new FakeOutput(), new ManualTime()];
    const line = new ProgressLine(stream, time, true);
    line.show("1 of 3");
    await time.advance(2_000);
    line.show("2 of 3");
    await time.advance(100);
    line.show("3 of 3");
    line[Symbol.dispose]();
    assert.equal(stream.text, "\r\u001b[K1 of 3\r\u001b[K3 of 3\r\u001b[K");
  });

  test("stays on one line of the terminal, without control characters", async () => {
    const [stream, time] = [new FakeOutput(), new ManualTime()];
    stream.columns = 10;
    using line = new ProgressLine(stream, time, true);
    line.show("a\nbc\u001b[31mdefghijkl");
    await time.advance(2_000);
    assert.equal(stream.text, "\r\u001b[Ka bc [31m");
  });

  test("is shown on a terminal that does not know its width", async () => {
    const [stream, time] = [new FakeOutput(), new ManualTime()];
    stream.columns = 0;
    using line = new ProgressLine(stream, time, true);
    line.show("1 of 3");
    await time.advance(2_000);
    assert.equal(stream.text, "\r\u001b[K1 of 3");
  });

  test("is not there for a program", async () => {
    const [stream, time] = [new FakeOutput(), new ManualTime()];
    using line = new ProgressLine(stream, time, false);
    line.show("1 of 3");
    await time.advance(5_000);
    assert.equal(stream.text, "");
  });
});
