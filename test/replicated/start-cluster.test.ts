import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { ClusterServer } from "../../tools/replicated/cluster-server.ts";
import { findServer, withoutServer } from "../../tools/replicated/server-program.ts";
import { startCluster } from "../../tools/replicated/start-cluster.ts";
import { isRunning } from "../harness/process-guard.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";

suite("startCluster()", { skip: withoutServer }, () => {
  test("forms a cluster that is whole, has a server come back with its data, takes one more, and leaves none behind", async () => {
    const cluster = await startCluster({ primaries: 3, replicas: 0 });
    let pids: readonly number[];
    try {
      const server = cluster.server(0);
      const [key = ""] = await keyOf(server);
      await server.ask(["SET", key, "value"]);
      await server.signal("SIGKILL");
      await server.start();
      await cluster.untilHealthy();
      assert.equal(await server.ask(["GET", key]), "value");

      const added = await cluster.add(server);
      const nodes = String(await added.ask(["CLUSTER", "NODES"]));
      assert.equal(nodes.match(/ master /gu)?.length, 3);
      assert.match(nodes, /myself,slave/u);
      assert.equal(cluster.addresses.length, 4);
      pids = cluster.servers.map(({ pid }) => pid);
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });
});

suite("ClusterServer.start()", { skip: withoutServer }, () => {
  test("leaves none behind that does not say in time that it is ready", async () => {
    await using directory = await makeTemporaryDirectory();
    const program = findServer();
    assert.ok(program);
    // What it says goes into a file, so that it never seems to be ready.
    const settings = ["logfile said.log", "pidfile server.pid"];
    const options = { program, folder: directory.path, nodeTimeoutMs: 2000, settings };
    await assert.rejects(ClusterServer.start({ ...options, readyMs: 1000 }), /in vain/u);
    const pid = Number(await readFile(join(directory.path, "server.pid"), "utf8"));
    assert.ok(pid > 1);
    assert.equal(isRunning(pid), false);
  });
});

/** A key of the first third of the slots. */
async function keyOf(server: {
  ask(command: readonly string[]): Promise<unknown>;
}): Promise<readonly string[]> {
  for (let index = 0; ; index += 1) {
    const slot = await server.ask(["CLUSTER", "KEYSLOT", String(index)]);
    if (Number(slot) < 5000) return [String(index)];
  }
}
