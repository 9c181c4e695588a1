import assert from "node:assert/strict";
import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { suite, test } from "node:test";
import { number } from "valibot";
import { FakeProcess } from "../../testing/fake-process.ts";
import { ManualTime, settled } from "../../testing/manual-time.ts";
import {
  type ApplicationTerms,
  scriptApplication,
  type ScriptedApplication,
} from "../../testing/scripted-application.ts";
import { applicationChannel } from "../events.ts";
import { startSupervisor } from "../supervisor/supervisor.ts";
import type { System } from "../system/system.ts";
import { runSystem } from "./run-system.ts";

interface Scene {
  readonly journal: string[];
  readonly kv: ScriptedApplication;
  readonly host: FakeProcess;
  readonly time: ManualTime;
  readonly code: Promise<number>;
}

/** Runs kv in a process of its own; `port` is what its file, if any, says of kv.port. */
function run(terms: ApplicationTerms = {}, options: { runtimeFile?: string } = {}): Scene {
  const journal: string[] = [];
  const environment = { port: { schema: number(), default: 1, doc: "" } };
  const kv = scriptApplication(journal, "kv", { environment, ...terms });
  const host = new FakeProcess();
  const time = new ManualTime();
  const code = runSystem({
    applications: [{ application: kv, mode: "permanent" }],
    configuration: {
      variables: {},
      configEnv: "test",
      node: { name: "kv", host: "here" },
      ...options,
    },
    channels: [],
    process: host,
    time,
  });
  return { journal, kv, host, time, code };
}

/** A run whose applications have all started. */
async function running(terms: ApplicationTerms = {}): Promise<Scene> {
  const scene = run(terms);
  while (!scene.journal.includes("start kv")) await settled();
  await settled();
  return scene;
}

function operating(message: string): Error {
  return Object.assign(new Error(message), { kind: "operating-failure" });
}

suite("signals", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`${signal} stops in order: 0, and nothing is said`, async () => {
      const { journal, host, code } = await running();
      host.emit(signal);
      assert.equal(await code, 0);
      assert.deepEqual(journal, ["start kv", "stop kv"]);
      assert.deepEqual([host.exits, host.stderr.text], [[0], ""]);
    });
  }

  test("one that comes during the start stops in order as well", async () => {
    const { journal, host, code } = run({ onStart: () => host.emit("SIGTERM") });
    assert.equal(await code, 0);
    assert.deepEqual(journal, ["start kv", "stop kv"]);
  });

  test("one that comes before the first application has started", async () => {
    const { journal, host, code } = run();
    host.emit("SIGTERM");
    assert.equal(await code, 0);
    assert.deepEqual(journal, []);
  });

  test("one that comes in the moment in which all have started", async () => {
    const { journal, host, code } = run();
    const onEvent = (event: unknown): void => {
      if (Object(event).type === "system-started") host.emit("SIGTERM");
    };
    subscribe(applicationChannel, onEvent);
    assert.equal(await code, 0);
    unsubscribe(applicationChannel, onEvent);
    assert.deepEqual(journal, ["start kv", "stop kv"]);
  });

  test("one does not hide that the configuration cannot be used", async () => {
    const { host, code } = run({}, { runtimeFile: "nowhere/runtime.ts" });
    host.emit("SIGTERM");
    assert.equal(await code, 78);
  });

  test("a second one within a second is the first again, a later one insists: 128 and its number", async () => {
    const { journal, host, time, code } = await running({ onStop: () => new Promise(() => {}) });
    host.emit("SIGINT");
    await time.advance(999);
    host.emit("SIGINT");
    await settled();
    assert.deepEqual([journal.at(-1), host.exits], ["stop kv", []]);
    await time.advance(1);
    host.emit("SIGTERM");
    assert.equal(await code, 143);
    assert.equal(host.stderr.text, "SIGTERM again: ended before everything had stopped\n");
  });
});

suite("a stop that fails", () => {
  const how = "failed while it was stopping: the disk is full";

  test("is told: one line that names the application, 1", async () => {
    const { host, code } = await running({
      onStop: () => Promise.reject(new Error("the disk is full")),
    });
    host.emit("SIGTERM");
    assert.equal(await code, 1);
    assert.equal(host.stderr.text, `Cannot stop in order: kv ${how}\n`);
  });

  test("also one of a start that was given up", async () => {
    const { host, code } = run({
      onStart: () => host.emit("SIGTERM"),
      onStop: () => Promise.reject(new Error("the disk is full")),
    });
    assert.equal(await code, 1);
    assert.equal(host.stderr.text, `Cannot stop in order: kv ${how}\n`);
  });

  test("also one in the moment in which all have started", async () => {
    const { host, code } = run({ onStop: () => Promise.reject(new Error("the disk is full")) });
    const onEvent = (event: unknown): void => {
      if (Object(event).type === "system-started") host.emit("SIGTERM");
    };
    subscribe(applicationChannel, onEvent);
    assert.equal(await code, 1);
    unsubscribe(applicationChannel, onEvent);
  });

  test("does not hide why the system ended", async () => {
    const { kv, host, code } = await running({ onStop: () => Promise.reject(new Error("odd")) });
    kv.child().fail(operating("Cannot go on: the disk is gone"));
    assert.equal(await code, 1);
    assert.equal(host.stderr.text, "Cannot go on: the disk is gone\n");
  });
});

suite("failures", () => {
  test("a configuration that cannot be used: its report, 78, and nothing was started", async () => {
    const { journal, host, code } = run({}, { runtimeFile: "nowhere/runtime.ts" });
    assert.equal(await code, 78);
    assert.deepEqual(journal, []);
    assert.equal(host.stderr.text, "Cannot start: nowhere/runtime.ts: there is no such file\n");
  });

  test("an operating failure of a start, however wrapped: its one line, 1", async () => {
    const { host, code } = run({
      onStart: async () => {
        await startSupervisor({
          name: "kv",
          strategy: "one-for-one",
          children: [
            {
              id: "listener",
              start: () => Promise.reject(operating("Cannot listen on port 4040: it is in use")),
              retryFirstStart: true,
            },
          ],
        });
      },
    });
    assert.equal(await code, 1);
    assert.equal(host.stderr.text, "Cannot listen on port 4040: it is in use\n");
  });

  test("a permanent application that fails: its one line, 1, after the others have stopped", async () => {
    const { journal, kv, host, code } = await running();
    kv.child().fail(operating("Cannot go on: the disk is gone"));
    assert.equal(await code, 1);
    assert.equal(journal.at(-1), "stop kv");
    assert.equal(host.stderr.text, "Cannot go on: the disk is gone\n");
  });

  test("a bug in a start: its stack, 1", async () => {
    const bug = new TypeError("x is not a function");
    const { host, code } = run({ onStart: () => Promise.reject(bug) });
    assert.equal(await code, 1);
    assert.ok(host.stderr.text.startsWith("TypeError: x is not a function\n    at "));
  });

  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    test(`${event}: a bug's stack, 1, without waiting for anything to stop`, async () => {
      const { journal, host, code } = await running();
      host.emit(event, new TypeError("x is not a function"));
      assert.equal(await code, 1);
      assert.deepEqual(journal, ["start kv"]);
      assert.match(host.stderr.text, /^TypeError: x is not a function\n {4}at /u);
    });

    test(`${event}: an operating failure's one line, 1`, async () => {
      const { host, code } = await running();
      host.emit(event, operating("Cannot write: the disk is full"));
      assert.equal(await code, 1);
      assert.equal(host.stderr.text, "Cannot write: the disk is full\n");
    });
  }

  test("standard error that nobody reads holds up the end for a second at most", async () => {
    const { host, time, code } = await running();
    host.stderr.isRead = false;
    host.emit("uncaughtException", operating("Cannot go on"));
    await time.advance(1_000);
    assert.equal(await code, 1);
  });
});

test("the process gets its listeners and its event loop back, and is asked to exit once", async () => {
  const { host, time, code } = await running();
  assert.equal(time.sleepers, 1);
  host.emit("SIGINT");
  host.emit("SIGTERM");
  await code;
  assert.deepEqual([host.listeners, time.sleepers], [0, 0]);
  assert.deepEqual(host.exits, [0]);
});

test("onStart is told of the system when all of it runs", async () => {
  const journal: string[] = [];
  const kv = scriptApplication(journal, "kv");
  const host = new FakeProcess();
  const started = Promise.withResolvers<System>();
  const code = runSystem({
    applications: [{ application: kv, mode: "permanent" }],
    configuration: { variables: {}, configEnv: "test", node: { name: "kv", host: "here" } },
    channels: [],
    process: host,
    onStart: started.resolve,
  });
  const system = await started.promise;
  assert.equal(system.api(kv), "api of kv");
  assert.equal(system.getEnv("logger", "level"), "info");
  host.emit("SIGTERM");
  await code;
});

test("events are logged of the channels that applications name, also those that are only needed, and of this package's", async () => {
  const host = new FakeProcess();
  const needed = {
    ...scriptApplication([], "needed", {
      onStart: () => {
        for (const name of ["test.needed", "test.listed", "test.other", "test.nobody"]) {
          channel(name).publish({ level: "info", message: name });
        }
      },
    }),
    channels: ["test.needed"],
  };
  const listed = scriptApplication([], "listed", { dependencies: [needed] });
  const code = runSystem({
    applications: [{ application: { ...listed, channels: ["test.listed"] }, mode: "permanent" }],
    configuration: { variables: {}, configEnv: "test", node: { name: "kv", host: "here" } },
    channels: ["test.other"],
    process: host,
    onStart: () => host.emit("SIGTERM"),
  });
  assert.equal(await code, 0);
  const messages = host.stdout.text
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line).message]));
  assert.deepEqual(messages.slice(0, 3), ["test.needed", "test.listed", "test.other"]);
  assert.match(messages[3], /^Started logger, needed, listed/u);
});
