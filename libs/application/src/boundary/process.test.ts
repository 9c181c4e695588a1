import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { suite, test } from "node:test";

const program = new URL("../../testing/node-program.ts", import.meta.url).pathname;

function start(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function ended(child: ChildProcess): Promise<Ended> {
  if (child.stdout === null || child.stderr === null) throw new Error("its output is not piped");
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { code, stdout, stderr };
}

/** A process that is told to stop when it has started. */
function stopped(behaviour: string): Promise<Ended> {
  const child = start(behaviour);
  child.stdout?.once("data", () => child.kill("SIGTERM"));
  return ended(child);
}

function parsed(stdout: string): readonly Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

suite("a real process", () => {
  test("runs without a handle until SIGTERM stops it in order: 0, after the last line of its log", async () => {
    const { code, stdout, stderr } = await stopped("serve");
    assert.deepEqual([code, stderr], [0, ""]);
    const types = parsed(stdout).map(({ type }) => type);
    assert.deepEqual(types, ["system-started", "signal"]);
  });

  const badStops = {
    unsealed: "failed while it was stopping: Cannot sync the log: the disk is full",
    stuck: "did not stop within 50 ms",
  };
  for (const [behaviour, how] of Object.entries(badStops)) {
    test(`a child that ${how}: one line that names it, 1`, async () => {
      const { code, stderr } = await stopped(behaviour);
      assert.deepEqual([code, stderr], [1, `Cannot stop in order: server.listener ${how}\n`]);
    });
  }

  test("an operating failure: one line on standard error, 1; the log has it once for each restart", async () => {
    const sentence = "Cannot listen on port 4040: it is in use";
    const { code, stdout, stderr } = await ended(start("busy"));
    assert.deepEqual([code, stderr], [1, `${sentence}\n`]);
    const events = parsed(stdout).map((event) => [
      event["type"],
      JSON.stringify(event).includes(sentence),
    ]);
    assert.deepEqual(events, [
      ["child-restarting", true],
      ["child-restarting", true],
      ["child-restarting", true],
      ["supervisor-gave-up", false],
    ]);
  });

  test("an exception that nobody caught: its stack, 1", async () => {
    const { code, stderr } = await ended(start("bug"));
    assert.equal(code, 1);
    assert.match(stderr, /^TypeError: .*\n {4}at /u);
  });

  test("a configuration that cannot be used: one line, 78", async () => {
    const { code, stdout, stderr } = await ended(start("serve", "nowhere.ts"));
    assert.deepEqual(
      [code, stdout, stderr],
      [78, "", "Cannot start: nowhere.ts: there is no such file\n"],
    );
  });

  test("a pipe that nobody reads does not stop it from running, nor from ending", async () => {
    const child = start("chatty");
    child.stdout?.pause();
    child.stderr?.once("data", () => child.kill("SIGTERM"));
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  });

  test("a pipe whose reader has gone does not end it", async () => {
    const child = start("chatty");
    child.stdout?.destroy();
    child.stderr?.once("data", () => child.kill("SIGTERM"));
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  });
});
