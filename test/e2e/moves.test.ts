import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { AuditedWriter, lineDialect, respDialect } from "../harness/audited-writer.ts";
import { BucketMaker } from "../harness/bucket-maker.ts";
import { MovingNodes } from "../harness/moving-nodes.ts";

const tags = ["distributed"];
const ALL_FOO = "a-z=foo";
const NEW_PAIR = "a-m=foo,n-z=bar";
const patient = { timeout: 60_000, tags };

/** Makes buckets through foo, each with as many keys. */
async function fill(
  nodes: MovingNodes,
  {
    buckets,
    keys,
    valueBytes = 10,
  }: { buckets: readonly string[]; keys: number; valueBytes?: number },
): Promise<void> {
  const client = await nodes.line("foo");
  for (const bucket of buckets) {
    client.sendLines(
      `CREATE ${bucket}`,
      ...Array.from(
        { length: keys },
        (_, key) => `PUT ${bucket} k${key} ${bucket}${"x".repeat(valueBytes)}`,
      ),
    );
    for (const reply of await client.readMany(keys + 1)) assert.equal(reply, "OK");
  }
}

suite("a table that is changed while the nodes run", { tags }, () => {
  test(
    "moves the buckets under load from several nodes: what was acknowledged is there, and all else goes on",
    patient,
    async () => {
      await using nodes = await MovingNodes.start(["foo", "bar", "baz"], ALL_FOO);
      const buckets = ["apples", "jam", "nuts", "rice", "zest"];
      await fill(nodes, { buckets, keys: 500, valueBytes: 500 });
      const writers = [
        new AuditedWriter(await nodes.line("foo"), { name: "a", dialect: lineDialect, buckets }),
        new AuditedWriter(await nodes.line("bar"), { name: "b", dialect: lineDialect, buckets }),
        new AuditedWriter(await nodes.resp("baz"), { name: "c", dialect: respDialect, buckets }),
        new AuditedWriter(await nodes.resp("foo"), { name: "d", dialect: respDialect, buckets }),
      ].map((writer) => writer.start());
      const applied = await nodes.operate("foo", "routing", "apply", "a-i=foo,j-q=bar,r-z=baz");
      assert.equal(applied.code, 0, applied.stderr);
      assert.match(
        applied.stdout,
        /^a-i=foo@\S+,j-q=bar@\S+,r-z=baz@\S+ is in force on bar@\S+, baz@\S+, foo@\S+\nMoved 4 buckets, [^;]+; requests for a bucket waited for \d+ ms at most\n$/u,
      );
      const rounds = writers.map((writer) => writer.rounds);
      // All of them go on afterwards.
      await Promise.all(
        writers.map(async (writer, index) => {
          while (writer.rounds < (rounds[index] ?? 0) + 3) await new Promise(setImmediate);
        }),
      );
      for (const writer of writers) await writer.stop();
      for (const writer of writers) await writer.audit(await nodes.line("baz"), lineDialect);
      for (const writer of writers) await writer.audit(await nodes.resp("foo"), respDialect);
      assert.deepEqual(await nodes.bucketsOn("foo"), ["apples"]);
      assert.deepEqual(await nodes.bucketsOn("bar"), ["jam", "nuts"]);
      assert.deepEqual(await nodes.bucketsOn("baz"), ["rice", "zest"]);
      const client = await nodes.resp("bar");
      assert.deepEqual(await client.ask("DBSIZE"), [":5"]);
    },
  );

  test("forks no bucket that is made meanwhile, at any of the nodes", patient, async (t) => {
    await using nodes = await MovingNodes.start(["foo", "bar", "baz"], ALL_FOO);
    const letters = ["b", "k", "t"];
    const makers: BucketMaker[] = [];
    for (const name of ["foo", "bar", "baz"]) {
      makers.push(new BucketMaker(await nodes.line(name), { name, letters }).start());
    }
    for (const table of ["a-i=foo,j-q=bar,r-z=baz", "a-i=bar,j-q=baz,r-z=foo"]) {
      const { code, stderr } = await nodes.operate("bar", "routing", "apply", table);
      assert.equal(code, 0, stderr);
    }
    for (const maker of makers) await maker.stop();
    const all = makers.flatMap(({ made }) => made);
    t.diagnostic(`${all.length} buckets`);
    assert.ok(all.length > 100);
    const client = await nodes.line("foo");
    for (const maker of makers) await maker.audit(client);
    const lying = await Promise.all(["foo", "bar", "baz"].map((name) => nodes.bucketsOn(name)));
    assert.deepEqual(lying.flat().toSorted(), all.toSorted());
    assert.ok(lying[0]?.every((bucket) => bucket.startsWith("t")));
  });

  test(
    "lets no step of a command of several go astray: what adds one at a time adds up",
    patient,
    async () => {
      await using nodes = await MovingNodes.start(["foo", "bar"], ALL_FOO);
      const clients = await Promise.all(["foo", "bar", "foo"].map((name) => nodes.resp(name)));
      let isWanted = true;
      const counts = clients.map(async (client) => {
        let added = 0;
        while (isWanted) {
          client.sendLines(...Array.from({ length: 10 }, () => "HINCRBY nuts eggs 1"));
          for (const reply of await client.readMany(10)) assert.match(reply, /^:\d+$/u);
          added += 10;
        }
        return added;
      });
      for (const table of [NEW_PAIR, ALL_FOO, NEW_PAIR]) {
        const { code, stderr } = await nodes.operate("foo", "routing", "apply", table);
        assert.equal(code, 0, stderr);
      }
      isWanted = false;
      const added = await Promise.all(counts);
      const sum = String(added.reduce((total, each) => total + each, 0));
      const client = await nodes.resp("foo");
      assert.deepEqual(await client.ask("HGET nuts eggs", 2), [`$${sum.length}`, sum]);
    },
  );

  test("is shown by plan before, and by status afterwards", patient, async () => {
    await using nodes = await MovingNodes.start(["foo", "bar"], ALL_FOO);
    await fill(nodes, { buckets: ["apples", "nuts"], keys: 10 });
    const planned = await nodes.operate("foo", "routing", "plan", NEW_PAIR, "--json");
    assert.equal(planned.code, 0, planned.stderr);
    const { moves } = JSON.parse(planned.stdout);
    assert.equal(moves.length, 1);
    assert.match(`${moves[0].from} ${moves[0].to}`, /^foo@\S+ bar@\S+$/u);
    assert.deepEqual([moves[0].buckets, moves[0].bytes], [1, 10 * (2 + 14)]);
    assert.deepEqual(await nodes.bucketsOn("foo"), ["apples", "nuts"]);
    const applied = await nodes.operate("bar", "routing", "apply", NEW_PAIR);
    assert.equal(applied.code, 0, applied.stderr);
    const status = await nodes.operate("foo", "routing", "status", "--json");
    assert.equal(status.code, 0, status.stderr);
    const [foo, bar] = JSON.parse(status.stdout);
    assert.equal(foo.plan.phase, "committed");
    assert.deepEqual([foo.left, foo.moved.buckets], [{ buckets: 0, bytes: 0 }, 1]);
    assert.deepEqual([bar.origin, bar.table], ["applied", foo.table]);
  });

  test(
    "beats the one of the configuration at the next start, which says so; nothing is hidden",
    patient,
    async () => {
      await using nodes = await MovingNodes.start(["foo", "bar"], ALL_FOO);
      await fill(nodes, { buckets: ["apples", "nuts"], keys: 3 });
      assert.equal((await nodes.operate("foo", "routing", "apply", NEW_PAIR)).code, 0);
      for (const name of ["foo", "bar"]) {
        await nodes.node(name).stop();
        const node = await nodes.startNode(name, ALL_FOO);
        await node.logged(/routing apply/u);
      }
      for (const name of ["foo", "bar"]) {
        const client = await nodes.line(name);
        assert.equal((await client.ask("GET nuts k1", 2))[1], "OK");
        assert.equal((await client.ask("GET apples k1", 2))[1], "OK");
      }
      const client = await nodes.line("foo");
      assert.deepEqual(await client.ask("CREATE salt"), ["OK"]);
      assert.deepEqual(await nodes.bucketsOn("bar"), ["nuts", "salt"]);
    },
  );

  test("is put on one node alone by env put, which moves and hides nothing", patient, async () => {
    await using nodes = await MovingNodes.start(["foo", "bar"], ALL_FOO);
    await fill(nodes, { buckets: ["nuts"], keys: 3 });
    const put = await nodes.operate("foo", "env", "put", "kv", "routingTable", NEW_PAIR);
    assert.equal(put.code, 0, put.stderr);
    for (const name of ["foo", "bar"]) {
      const client = await nodes.line(name);
      assert.equal((await client.ask("GET nuts k1", 2))[1], "OK", name);
    }
    assert.deepEqual(await nodes.bucketsOn("foo"), ["nuts"]);
  });

  test("goes back and forth, and revisions are never used again", patient, async () => {
    await using nodes = await MovingNodes.start(["foo", "bar"], ALL_FOO);
    const client = await nodes.resp("foo");
    await client.ask("HSET nuts k v0");
    const revisions: number[] = [];
    for (const table of [NEW_PAIR, ALL_FOO, NEW_PAIR]) {
      await client.ask(`HSET nuts k v${revisions.length}`);
      revisions.push(await revisionOf(client));
      const { code, stderr } = await nodes.operate("foo", "routing", "apply", table);
      assert.equal(code, 0, stderr);
      revisions.push(await revisionOf(client));
    }
    assert.deepEqual(
      revisions,
      Array.from(new Set(revisions)).toSorted((a, b) => a - b),
    );
  });
});

/** The revision of the key `k` of the bucket `nuts`. */
async function revisionOf(client: Awaited<ReturnType<MovingNodes["resp"]>>): Promise<number> {
  const [, , , , revision] = await client.ask("KV.GET nuts k", 6);
  return Number(revision);
}

suite("a table that cannot be changed", { tags }, () => {
  test(
    "since a node does not run: nothing is changed anywhere, and the node is named",
    patient,
    async () => {
      await using nodes = await MovingNodes.start(["foo", "bar"], ALL_FOO);
      await fill(nodes, { buckets: ["nuts"], keys: 1 });
      const { code, stderr } = await nodes.operate("foo", "routing", "apply", "a-m=bar,n-z=baz");
      assert.equal(code, 1);
      assert.match(
        stderr,
        /no connection to baz@\S+; every node that takes part has to run, and nothing was changed/u,
      );
      const status = await nodes.operate("bar", "routing", "status", "--json");
      for (const node of JSON.parse(status.stdout)) assert.equal(node.plan, undefined);
      assert.deepEqual(await nodes.bucketsOn("foo"), ["nuts"]);
    },
  );

  test("since it is no table: said before anything is asked", patient, async () => {
    await using nodes = await MovingNodes.start(["foo"], ALL_FOO);
    for (const [table, message] of [
      ["z-a=foo", /"z-a=foo": the range ends before it begins/u],
      ["", /a table without an entry/u],
    ] as const) {
      const { code, stderr } = await nodes.operate("foo", "routing", "apply", table);
      assert.equal(code, 64, stderr);
      assert.match(stderr, message);
    }
    const nothing = await nodes.operate("foo", "routing", "apply");
    assert.equal(nothing.code, 1);
    assert.match(nothing.stderr, /no change is under way; say which table/u);
  });
});
