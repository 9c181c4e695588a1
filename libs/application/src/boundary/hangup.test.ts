import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { suite, test } from "node:test";
import { FakeProcess } from "../../testing/fake-process.ts";
import { settled } from "../../testing/manual-time.ts";
import { type ApplicationTerms, scriptApplication } from "../../testing/scripted-application.ts";
import { applicationChannel } from "../events.ts";
import { runSystem } from "./run-system.ts";

interface Scene extends Disposable {
  readonly host: FakeProcess;
  /** What the application did, and what was logged of reloads. */
  readonly journal: string[];
  readonly code: Promise<number>;
}

/** Runs an application whose reloads are written down; `terms` may say how they go. */
function run(host: FakeProcess, terms: ApplicationTerms = {}): Scene {
  const journal: string[] = [];
  const onEvent = (event: unknown): void => {
    const { type, message } = Object(event);
    if (type === "reloaded" || type === "reload-failed") journal.push(message);
  };
  subscribe(applicationChannel, onEvent);
  const onReload = async (): Promise<void> => void journal.push("reload kv");
  const kv = scriptApplication(journal, "kv", { onReload, ...terms });
  const code = runSystem({
    applications: [{ application: kv, mode: "permanent" }],
    configuration: { variables: {}, configEnv: "test", node: { name: "kv", host: "here" } },
    channels: [],
    process: host,
  });
  return {
    host,
    journal,
    code,
    [Symbol.dispose]: () => void unsubscribe(applicationChannel, onEvent),
  };
}

async function until(scene: Scene, entry: string): Promise<void> {
  while (!scene.journal.includes(entry)) await settled();
}

async function stop({ host, code }: Scene): Promise<void> {
  host.emit("SIGTERM");
  assert.equal(await code, 0);
}

suite("SIGHUP", { timeout: 60_000 }, () => {
  test("has the applications reload, and does not end the process", async () => {
    using scene = run(new FakeProcess());
    await until(scene, "start kv");
    await settled();
    scene.host.emit("SIGHUP");
    scene.host.emit("SIGHUP");
    await until(scene, "kv reloaded");
    await stop(scene);
    const reload = ["reload kv", "kv reloaded"];
    assert.deepEqual(scene.journal, ["start kv", ...reload, ...reload, "stop kv"]);
    assert.deepEqual(scene.host.exits, [0]);
  });

  test("during a start reloads when all has started", async () => {
    const host = new FakeProcess();
    using scene = run(host, { onStart: () => host.emit("SIGHUP") });
    await until(scene, "kv reloaded");
    await stop(scene);
    assert.deepEqual(scene.journal, ["start kv", "reload kv", "kv reloaded", "stop kv"]);
  });

  test("with files that cannot be used is an error in the log, and all goes on", async () => {
    const reason = "Cannot use the certificate: it has expired";
    const failure = Object.assign(new Error(reason), { kind: "operating-failure" });
    using scene = run(new FakeProcess(), { onReload: () => Promise.reject(failure) });
    await until(scene, "start kv");
    await settled();
    scene.host.emit("SIGHUP");
    const told = `kv did not reload, and goes on with what it had: ${reason}`;
    await until(scene, told);
    assert.deepEqual(scene.host.exits, []);
    await stop(scene);
  });

  const terminals: readonly [what: string, host: () => FakeProcess][] = [
    ["writes to", () => Object.assign(new FakeProcess(), { stdin: { isTTY: false } })],
    ["reads from", () => Object.assign(new FakeProcess(), { stdin: { isTTY: true } })],
  ];
  for (const [what, make] of terminals) {
    test(`of a process that ${what} a terminal stops in order, since the terminal went away`, async () => {
      const host = make();
      host.stdout.isTTY = what === "writes to";
      using scene = run(host);
      await until(scene, "start kv");
      await settled();
      // As a terminal that is gone has it.
      host.stdout.isTTY = false;
      host.emit("SIGHUP");
      assert.equal(await scene.code, 0);
      assert.deepEqual(scene.journal, ["start kv", "stop kv"]);
    });
  }
});

test("what an application finds unusable where it is to run ends the start: 78, and nothing was started", async () => {
  const host = new FakeProcess();
  const environment = {};
  const expected = `expected a file that can be read, got "cert.pem"`;
  const inspect = async (): Promise<readonly [{ key: string; expected: string }]> => [
    { key: "certificate", expected },
  ];
  using scene = run(host, { environment, inspect });
  assert.equal(await scene.code, 78);
  assert.deepEqual(scene.journal, []);
  assert.equal(host.stderr.text, `Cannot start: kv.certificate: ${expected}\n`);
});
