import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { System } from "@kv/application";
import { kvServer } from "@kv/kv-server";
import { LineClient } from "../harness/line-client.ts";
import { startLocalNode } from "../harness/local-node.ts";

/** Sets a key while `work` goes on; afterwards what held before holds again. */
async function withEnv(
  system: System,
  { application, key, value }: { application: string; key: string; value: unknown },
  work: () => Promise<void>,
): Promise<void> {
  const before = system.getEnv(application, key);
  system.putEnv(application, key, value);
  try {
    await work();
  } finally {
    system.putEnv(application, key, before);
  }
}

function connect(system: System): Promise<LineClient> {
  return LineClient.connect(system.api(kvServer).address.port);
}

suite("two nodes in one process", () => {
  test("have different buckets and different environments", async () => {
    await using foo = await startLocalNode({
      kv: { node: "foo", routingTable: "a-m=self,n-z=bar" },
    });
    await using bar = await startLocalNode({ kv: { node: "bar", routingTable: "a-z=self" } });
    await using fooClient = await connect(foo.system);
    await using barClient = await connect(bar.system);
    const [refused] = await fooClient.ask("CREATE nuts");
    assert.match(refused ?? "", /^ERROR no connection to bar@/u);
    assert.deepEqual(await barClient.ask("CREATE nuts"), ["OK"]);
    assert.deepEqual(await fooClient.ask("CREATE apples"), ["OK"]);
    assert.deepEqual(await barClient.ask("GET apples k"), ["NOT FOUND"]);
    assert.equal(foo.system.getEnv("kv", "node"), "foo");
    assert.equal(bar.system.getEnv("kv", "node"), "bar");
  });

  test("a table put on one takes effect at once, there only, and is put back", async () => {
    await using foo = await startLocalNode({ kv: { node: "foo" } });
    await using bar = await startLocalNode({ kv: { node: "bar" } });
    await using fooClient = await connect(foo.system);
    await using barClient = await connect(bar.system);
    const table = { application: "kv", key: "routingTable", value: "a=self" };
    await withEnv(foo.system, table, async () => {
      assert.deepEqual(await fooClient.ask("CREATE shopping"), [
        'ERROR could not find entry for "shopping" in the routing table',
      ]);
      assert.deepEqual(await barClient.ask("CREATE shopping"), ["OK"]);
    });
    assert.deepEqual(await fooClient.ask("CREATE shopping"), ["OK"]);
  });

  test("a table that is none is refused with the reason, and the old one holds", async () => {
    await using foo = await startLocalNode({ kv: { routingTable: "a-z=self" } });
    await using client = await connect(foo.system);
    assert.throws(() => foo.system.putEnv("kv", "routingTable", "z-a=self"), {
      code: "ENVIRONMENT_REFUSED",
    });
    assert.deepEqual(await client.ask("CREATE shopping"), ["OK"]);
  });

  test("a limit put on one takes effect on connections that are open", async () => {
    await using foo = await startLocalNode({});
    await using client = await connect(foo.system);
    await client.ask("CREATE b");
    const limit = { application: "kv-server", key: "keyLimitBytes", value: 2 };
    await withEnv(foo.system, limit, async () => {
      assert.deepEqual(await client.ask("PUT b key v"), [
        "ERROR the key is longer than the limit of 2 bytes",
      ]);
    });
    assert.deepEqual(await client.ask("PUT b key v"), ["OK"]);
  });
});
