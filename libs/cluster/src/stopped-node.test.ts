import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { guardProcess, pidOf } from "../../../test/harness/process-guard.ts";
import type { Cluster } from "./cluster.ts";
import { nodeNamed } from "./testing/node-named.ts";
import { ask, RealNodes } from "./testing/real-nodes.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];
const program = fileURLToPath(new URL("testing/answering-node.ts", import.meta.url));
const timing = {
  heartbeatMs: 200,
  silenceLimitMs: 600,
  backOffLimitMs: 500,
  handshakeTimeoutMs: 2000,
};

/** A node in a process of its own, which is killed when it is disposed of. */
async function startProcess(name: string, directory: string) {
  const child = fork(program, [name, directory]);
  const pid = pidOf(child);
  const release = guardProcess(pid);
  await once(child, "message");
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    release();
  };
  return { child, kill, [Symbol.asyncDispose]: kill };
}

function becomes(cluster: Cluster, type: "up" | "down"): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const unwatch = cluster.watch((event) => {
    if (event.type !== type) return;
    unwatch();
    resolve();
  });
  return promise;
}

test("a node that is stopped is found out, fails calls at once, and heals by itself", {
  timeout: 60_000,
}, async () => {
  await using nodes = await RealNodes.prepare();
  await using other = await startProcess(bar, nodes.directory);
  const one = await nodes.start(foo, { timing });
  const payload = Uint8Array.of(1, 2, 3);
  assert.deepEqual(await ask(one, bar, payload), payload);
  const down = becomes(one, "down");
  other.child.kill("SIGSTOP");
  await assert.rejects(ask(one, bar, payload), {
    code: "CLUSTER_SILENT",
    message:
      /^bar@lab did not answer: nothing was heard of it for [\d.]+ s; the write may have been applied$/u,
  });
  await down;
  for (let call = 0; call < 100; call++) {
    await assert.rejects(ask(one, bar, payload), { message: "no connection to bar@lab" });
  }
  const up = becomes(one, "up");
  other.child.kill("SIGCONT");
  await up;
  assert.deepEqual(await ask(one, bar, payload), payload);
});

test("a node that is killed is found out at once, and its successor is linked", {
  timeout: 60_000,
}, async () => {
  await using nodes = await RealNodes.prepare();
  await using other = await startProcess(bar, nodes.directory);
  const one = await nodes.start(foo, { timing });
  const payload = Uint8Array.of(1, 2, 3);
  assert.deepEqual(await ask(one, bar, payload), payload);
  const down = becomes(one, "down");
  await other.kill();
  await down;
  await assert.rejects(ask(one, bar, payload), { message: "no connection to bar@lab" });
  await using again = await startProcess(bar, nodes.directory);
  assert.ok(again.child.connected);
  await one.connect(bar);
  assert.deepEqual(await ask(one, bar, payload), payload);
});
