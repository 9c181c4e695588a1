import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { DatabaseSync } from "node:sqlite";
import { suite, test } from "node:test";
import { CapturedStream } from "../../testing/captured-stream.ts";
import { ManualTime } from "../../testing/manual-time.ts";
import { configurationOf } from "../configuration/load-configuration.ts";
import type { ConfigurationValues } from "../configuration/values.ts";
import { ApplicationError } from "../errors.ts";
import type { SystemApplication } from "../plan.ts";
import { startSystem } from "../system/start-system.ts";
import type { System } from "../system/system.ts";
import { createLogger } from "./logger.ts";

interface Scene extends AsyncDisposable {
  readonly stdout: CapturedStream;
  readonly stderr: CapturedStream;
  readonly time: ManualTime;
  readonly system: System;
  /** Publishes an event as a library does. */
  readonly emit: (event: unknown) => void;
}

let scenes = 0;

/** A system of a logger alone, on a channel of its own. */
async function openScene(
  logger: ConfigurationValues[string] = {},
  prepare: (stdout: CapturedStream) => void = () => {},
): Promise<Scene> {
  const name = `kv.test.${scenes++}`;
  const stdout = new CapturedStream();
  const stderr = new CapturedStream();
  const time = new ManualTime();
  prepare(stdout);
  const application = createLogger({
    channels: [name],
    stdout,
    stderr,
    time,
    clock: () => 5_000,
  });
  const applications: readonly SystemApplication[] = [{ application, mode: "permanent" }];
  const configuration = configurationOf(applications, { logger });
  const system = await startSystem({ applications, configuration, time });
  const emit = (event: unknown): void => channel(name).publish(event);
  const dispose = () => system[Symbol.asyncDispose]();
  return { stdout, stderr, time, system, emit, [Symbol.asyncDispose]: dispose };
}

function parsed(stream: CapturedStream): readonly Record<string, unknown>[] {
  return stream.lines.map((line) => JSON.parse(line));
}

suite("JSON lines", () => {
  test("hold level, time, message and the event's own members", async () => {
    await using scene = await openScene();
    scene.emit({ level: "warn", message: "disk is full", type: "full", path: "data/kv" });
    const [{ time, ...line } = {}] = parsed(scene.stdout);
    assert.deepEqual(line, {
      level: "warn",
      message: "disk is full",
      type: "full",
      path: "data/kv",
    });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);
  });

  test("count bytes instead of showing them, however deep they lie", async () => {
    await using scene = await openScene();
    const key = new TextEncoder().encode("milk");
    scene.emit({ level: "info", message: "m", key, list: [{ value: Buffer.from(key) }], size: 1n });
    const [{ key: shown, list, size } = {}] = parsed(scene.stdout);
    assert.deepEqual([shown, list, size], ["<4 bytes>", [{ value: "<4 bytes>" }], "1"]);
    assert.ok(!scene.stdout.text.includes("milk"));
  });

  test("show an operating failure without its stack, a bug with it, and their causes", async () => {
    await using scene = await openScene();
    const cause = new TypeError("bug");
    const failure = new ApplicationError("APPLICATION_FAILED", { application: "kv" }, { cause });
    scene.emit({ level: "error", message: "m", failure });
    const [{ failure: shown } = {}] = parsed(scene.stdout);
    assert.deepEqual(shown, {
      name: "ApplicationError",
      code: "APPLICATION_FAILED",
      message: 'Cannot start application "kv"',
      cause: { name: "TypeError", message: "bug", stack: cause.stack },
    });
  });

  test("show no stack anywhere in an operating failure, however its causes are nested", async () => {
    await using scene = await openScene();
    const unmarked = new Error("short write", { cause: new TypeError("odd") });
    const full = new Error("the disk is full", { cause: unmarked });
    const cause = Object.assign(full, { kind: "operating-failure", code: "DISK_FULL" });
    const failure = new ApplicationError("APPLICATION_FAILED", { application: "kv" }, { cause });
    scene.emit({ level: "warn", message: "m", type: "child-restarting", failure });
    assert.deepEqual(parsed(scene.stdout)[0]?.["failure"], {
      name: "ApplicationError",
      code: "APPLICATION_FAILED",
      message: 'Cannot start application "kv"',
      cause: {
        name: "Error",
        code: "DISK_FULL",
        message: "the disk is full",
        cause: {
          name: "Error",
          message: "short write",
          cause: { name: "TypeError", message: "odd" },
        },
      },
    });
  });

  test("show what SQLite refused without a stack", async () => {
    await using scene = await openScene();
    let failure: unknown;
    try {
      new DatabaseSync(":memory:").exec("PRAGMA nonsense(");
    } catch (error) {
      failure = error;
    }
    scene.emit({ level: "warn", message: "m", failure });
    assert.deepEqual(parsed(scene.stdout)[0]?.["failure"], {
      name: "Error",
      code: "ERR_SQLITE_ERROR",
      message: "incomplete input",
    });
  });

  test("show what the operating system refused without a stack", async () => {
    await using scene = await openScene();
    const failure = Object.assign(new Error("listen EADDRINUSE"), {
      code: "EADDRINUSE",
      syscall: "listen",
    });
    scene.emit({ level: "warn", message: "m", failure });
    assert.deepEqual(parsed(scene.stdout)[0]?.["failure"], {
      name: "Error",
      code: "EADDRINUSE",
      message: "listen EADDRINUSE",
    });
  });

  test("end where an event goes round in a circle", async () => {
    await using scene = await openScene();
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    scene.emit({ level: "info", message: "round", circle });
    assert.equal(parsed(scene.stdout)[0]?.["message"], "round");
  });
});

function asTerminal(colours: boolean): (stdout: CapturedStream) => void {
  return (stdout) => {
    stdout.isTTY = true;
    stdout.colours = colours;
  };
}

suite("on a terminal", () => {
  test("a line is the time, the level and the message", async () => {
    await using scene = await openScene({}, asTerminal(false));
    scene.emit({ level: "info", message: "Accepting connections", port: 4040 });
    assert.match(scene.stdout.text, /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: Accepting connections\n$/u);
  });

  test("in colours where the terminal has them", async () => {
    await using scene = await openScene({}, asTerminal(true));
    scene.emit({ level: "info", message: "Accepting connections" });
    assert.ok(scene.stdout.text.includes("\u001b[32mINFO"));
  });

  test("a bug is shown with its stack, an operating failure is not", async () => {
    await using scene = await openScene({}, asTerminal(false));
    const failure = new ApplicationError("ENDED_UNASKED", { name: "a" });
    scene.emit({ level: "warn", message: "one", failure });
    assert.equal(scene.stdout.lines.length, 1);
    scene.emit({ level: "warn", message: "two", failure: new TypeError("bug") });
    assert.match(scene.stdout.text, /two\nTypeError: bug\n {4}at /u);
  });

  test("the configured format has the last word", async () => {
    await using scene = await openScene({ format: "json" }, asTerminal(true));
    scene.emit({ level: "info", message: "m" });
    assert.equal(parsed(scene.stdout)[0]?.["message"], "m");
  });
});

suite("what is printed", () => {
  test("levels from the configured one on, which may be put", async () => {
    await using scene = await openScene({ level: "warn" });
    const messages = () => parsed(scene.stdout).map(({ message }) => message);
    scene.emit({ level: "info", message: "one" });
    scene.emit({ level: "error", message: "two" });
    scene.system.putEnv("logger", "level", "debug");
    scene.emit({ level: "debug", message: "three" });
    scene.system.putEnv("logger", "level", "silent");
    scene.emit({ level: "fatal", message: "four" });
    assert.deepEqual(messages(), ["two", "three"]);
    assert.equal(scene.stderr.text, "");
  });

  test("fatal events on standard error, all others on standard output", async () => {
    await using scene = await openScene();
    scene.emit({ level: "fatal", message: "the end" });
    scene.emit({ level: "unheard-of", message: "odd" });
    assert.deepEqual(
      [parsed(scene.stderr)[0]?.["message"], parsed(scene.stdout)[0]?.["message"]],
      ["the end", "odd"],
    );
  });

  test("nothing that is no event, and nothing after the stop", async () => {
    const scene = await openScene();
    for (const event of [undefined, 3, "a", {}, { level: "info" }, { message: "m" }])
      scene.emit(event);
    await scene.system[Symbol.asyncDispose]();
    scene.emit({ level: "info", message: "late" });
    assert.equal(scene.stdout.text, "");
    assert.equal(scene.stdout.listeners, 0);
  });
});

suite("what status shows", () => {
  test("are the last ten warnings and errors, whatever the level, with their times", async () => {
    await using scene = await openScene({ level: "silent" });
    scene.emit({ level: "info", message: "nothing" });
    for (let at = 0; at < 12; at++) {
      scene.emit({ level: at % 2 === 0 ? "warn" : "error", message: `problem ${at}`, secret: 1 });
    }
    const problems: unknown = scene.system.status()["logger"]?.["lastProblems"];
    assert.ok(Array.isArray(problems));
    assert.equal(problems.length, 10);
    const time = "1970-01-01T00:00:05.000Z";
    assert.deepEqual(problems[0], { time, level: "warn", message: "problem 2" });
    assert.deepEqual(problems.at(-1), { time, level: "error", message: "problem 11" });
  });
});

suite("readers that do not read", () => {
  test("a stalled pipe loses lines, which are counted once it is read again", async () => {
    await using scene = await openScene();
    scene.stdout.isRead = false;
    const message = "x".repeat(1024 * 1024);
    for (let lines = 0; lines < 4; lines++) scene.emit({ level: "info", message });
    assert.equal(scene.stdout.lines.length, 1);
    scene.stdout.drain();
    for (const last of ["next", "last"]) scene.emit({ level: "info", message: last });
    const messages = parsed(scene.stdout).map((line) => line["message"]);
    assert.deepEqual(messages.slice(1), [
      "3 events were dropped: nobody read the log",
      "next",
      "last",
    ]);
  });

  test("a stalled pipe holds up the stop for a second at most", async () => {
    const scene = await openScene();
    scene.stdout.isRead = false;
    scene.emit({ level: "info", message: "m" });
    const stopping = scene.system[Symbol.asyncDispose]();
    let isStopped = false;
    void scene.system.finished.then(() => (isStopped = true));
    await scene.time.advance(999);
    assert.equal(isStopped, false);
    await scene.time.advance(1);
    await stopping;
  });

  test("a broken pipe is left alone, also at the stop", async () => {
    await using scene = await openScene();
    scene.emit({ level: "info", message: "one" });
    scene.stdout.breakPipe();
    scene.emit({ level: "info", message: "two" });
    assert.equal(scene.stdout.lines.length, 1);
  });
});
