import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MovingNodes } from "../harness/moving-nodes.ts";
import { operate } from "../harness/operator.ts";

const tags = ["distributed"];
const TABLE = "a-m=foo,n-z=bar";
const REFUSED =
  /^-?ERR(?:OR)? bar@\S+ takes no writes: it is fenced while its buckets are taken elsewhere; its operator ends that by fence off$/u;

suite("nodes that are fenced", { tags }, () => {
  test("refuse every write, through every door and node, and go on serving reads, also after kill -9", async () => {
    await using nodes = await MovingNodes.start(["foo", "bar"], TABLE);
    const line = await nodes.line("foo");
    line.sendLines("CREATE nuts", "PUT nuts k v", "CREATE apples");
    assert.deepEqual(await line.readMany(3), ["OK", "OK", "OK"]);
    const on = await nodes.operate("foo", "fence", "on");
    assert.equal(on.code, 0, on.stderr);
    assert.match(
      on.stdout,
      /^foo@\S+ takes no writes since \S+; .*\nbar@\S+ takes no writes since/u,
    );

    // Its own doors, and those of the node that passes the request on.
    for (const name of ["bar", "foo"]) {
      const client = await nodes.line(name);
      for (const write of ["CREATE nuts", "CREATE zest", "PUT nuts k w", "DELETE nuts k"]) {
        assert.match(String(await client.ask(write)), REFUSED, `${write}, asked of ${name}`);
      }
      assert.deepEqual(await client.ask("GET nuts k", 2), ["v", "OK"]);
      const resp = await nodes.resp(name);
      for (const write of [
        "HSET nuts k w",
        "HSET zest k w",
        "HDEL nuts k",
        "HINCRBY nuts n 1",
        "DEL nuts",
        "EXPIRE nuts 1",
        "KV.PUT nuts k w",
      ]) {
        assert.match(String(await resp.ask(write)), REFUSED, `${write}, asked of ${name}`);
      }
      assert.deepEqual(await resp.ask("HGET nuts k", 2), ["$1", "v"]);
    }
    for (const words of [
      ["put", "--node", "bar", "nuts", "k", "w"],
      ["drop", "--node", "bar", "nuts"],
      ["rpc", "--node", "bar", 'await kv.put("nuts", "k", "w")'],
    ]) {
      const { code, stderr } = await operate(words, nodes.home);
      assert.equal(code, 1);
      assert.match(stderr, /bar@\S+ takes no writes: it is fenced/u);
    }
    const applied = await nodes.operate("foo", "routing", "apply", "a-z=foo");
    assert.equal(applied.code, 1);
    assert.match(
      applied.stderr,
      /it is fenced: it takes no writes; `fence off` ends that; nothing was changed/u,
    );

    process.kill(nodes.node("bar").pid, "SIGKILL");
    await nodes.node("bar").exited;
    // One that cannot be reached is named.
    const status = await nodes.operate("foo", "fence", "status");
    assert.equal(status.code, 1);
    assert.match(status.stdout, /\nbar@(?<host>\S+): no connection to bar@\k<host>/u);
    const bar = await nodes.startNode("bar", TABLE);
    await bar.logged(/"type":"fenced"/u);
    const again = await nodes.line("bar");
    assert.match(String(await again.ask("PUT nuts k w")), REFUSED);
    assert.deepEqual(await again.ask("GET nuts k", 2), ["v", "OK"]);
    assert.match((await nodes.operate("bar", "status")).stdout, /^ {2}fenced since: \d{4}-/mu);

    const off = await nodes.operate("bar", "fence", "off");
    assert.equal(off.code, 0, off.stdout + off.stderr);
    assert.match(off.stdout, /^bar@\S+ takes writes\nfoo@\S+ takes writes\n$/u);
    assert.deepEqual(await again.ask("PUT nuts k w"), ["OK"]);
    assert.deepEqual(await (await nodes.line("foo")).ask("PUT apples k w"), ["OK"]);
  });

  test("with one that is away: it is named, and the others are fenced", async () => {
    await using nodes = await MovingNodes.start(["foo"], TABLE);
    const { code, stdout } = await nodes.operate("foo", "fence", "on");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^foo@\S+ takes no writes since .*\nbar@(?<host>\S+): no connection to bar@\k<host>/u,
    );
    const line = await nodes.line("foo");
    assert.match(String(await line.ask("CREATE apples")), /takes no writes/u);
  });
});
