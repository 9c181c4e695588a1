import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MovingNodes } from "../harness/moving-nodes.ts";

const tags = ["distributed"];
const PAIR = "a-m=foo,n-z=bar";
const patient = { timeout: 60_000, tags };

/** foo and bar, with a bucket of one key on bar, and a table on foo alone that gives all to foo. */
async function shadowed(): Promise<MovingNodes> {
  const nodes = await MovingNodes.start(["foo", "bar"], PAIR);
  const client = await nodes.line("foo");
  client.sendLines("CREATE nuts", "PUT nuts almonds 7");
  assert.deepEqual(await client.readMany(2), ["OK", "OK"]);
  const put = await nodes.operate("foo", "env", "put", "kv", "routingTable", "a-z=foo");
  assert.equal(put.code, 0, put.stderr);
  return nodes;
}

suite("a table that is put on one node, and gives it what another one holds", { tags }, () => {
  test(
    "hides nothing: GET answers, CREATE keeps the keys, and nothing is forked",
    patient,
    async () => {
      await using nodes = await shadowed();
      const client = await nodes.line("foo");
      client.sendLines("GET nuts almonds", "CREATE nuts", "PUT nuts pecans 8", "GET nuts almonds");
      assert.deepEqual(await client.readMany(6), ["7", "OK", "OK", "OK", "7", "OK"]);
      assert.deepEqual(await nodes.bucketsOn("foo"), []);
      assert.deepEqual(await nodes.bucketsOn("bar"), ["nuts"]);
      const resp = await nodes.resp("foo");
      assert.deepEqual(await resp.ask("HGET nuts pecans", 2), ["$1", "8"]);
      assert.deepEqual(await resp.ask("DBSIZE"), [":1"]);
    },
  );

  test(
    "makes what is nowhere on this node, and the other one finds it there",
    patient,
    async () => {
      await using nodes = await shadowed();
      const [here, there] = [await nodes.line("foo"), await nodes.line("bar")];
      here.sendLines("GET rice basmati", "CREATE rice", "PUT rice basmati 1", "GET rice basmati");
      assert.deepEqual(await here.readMany(5), ["NOT FOUND", "OK", "OK", "1", "OK"]);
      there.sendLines("CREATE rice", "GET rice basmati");
      assert.deepEqual(await there.readMany(3), ["OK", "1", "OK"]);
      assert.deepEqual(await nodes.bucketsOn("foo"), ["rice"]);
      assert.deepEqual(await nodes.bucketsOn("bar"), ["nuts"]);
    },
  );

  test(
    "names the former owner that cannot be asked, and finds all when it is back",
    patient,
    async () => {
      await using nodes = await shadowed();
      await nodes.node("bar").stop();
      const client = await nodes.line("foo");
      client.sendLines("GET nuts almonds", "CREATE nuts", "CREATE apples");
      const replies = await client.readMany(3);
      assert.match(replies[0] ?? "", /^ERROR no connection to bar@/u);
      assert.match(replies[1] ?? "", /^ERROR no connection to bar@/u);
      assert.equal(replies[2], "OK");
      await nodes.startNode("bar", PAIR);
      client.sendLines("GET nuts almonds");
      assert.deepEqual(await client.readMany(2), ["7", "OK"]);
    },
  );

  test("is shown by status until a table is applied, which moves the bucket", patient, async () => {
    await using nodes = await shadowed();
    const client = await nodes.line("foo");
    client.sendLines("GET nuts almonds");
    assert.deepEqual(await client.readMany(2), ["7", "OK"]);
    const former = async (): Promise<unknown> => {
      const { code, stdout, stderr } = await nodes.operate("foo", "routing", "status", "--json");
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout)[0].former;
    };
    assert.match(String(await former()), /^a-m=foo@\S+,n-z=bar@\S+$/u);
    const applied = await nodes.operate("foo", "routing", "apply", "a-z=foo");
    assert.equal(applied.code, 0, applied.stderr);
    assert.match(applied.stdout, /Moved 1 bucket/u);
    assert.equal(await former(), undefined);
    assert.deepEqual(await nodes.bucketsOn("foo"), ["nuts"]);
    client.sendLines("GET nuts almonds");
    assert.deepEqual(await client.readMany(2), ["7", "OK"]);
  });

  test("may name a node that never was, which can be forgotten", patient, async () => {
    await using nodes = await MovingNodes.start(["foo"], "a-z=fooo");
    const put = await nodes.operate("foo", "env", "put", "kv", "routingTable", "a-z=foo");
    assert.equal(put.code, 0, put.stderr);
    const client = await nodes.line("foo");
    client.sendLines("CREATE nuts");
    assert.match(await client.read(), /^ERROR no connection to fooo@/u);
    const forgotten = await nodes.operate("foo", "routing", "forget", "fooo");
    assert.equal(forgotten.code, 0, forgotten.stderr);
    client.sendLines("CREATE nuts");
    assert.equal(await client.read(), "OK");
  });

  test("is asked by also after a restart with another configuration", patient, async () => {
    await using nodes = await MovingNodes.start(["foo", "bar"], PAIR);
    const before = await nodes.line("foo");
    before.sendLines("CREATE nuts", "PUT nuts almonds 7");
    assert.deepEqual(await before.readMany(2), ["OK", "OK"]);
    await nodes.node("foo").stop();
    await nodes.startNode("foo", "a-z=foo");
    const client = await nodes.line("foo");
    client.sendLines("GET nuts almonds", "CREATE nuts");
    assert.deepEqual(await client.readMany(3), ["7", "OK", "OK"]);
    assert.deepEqual(await nodes.bucketsOn("foo"), []);
  });
});
