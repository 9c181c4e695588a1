import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { UnsureWriter } from "../harness/unsure-writer.ts";
import { MovingNodes } from "../harness/moving-nodes.ts";

const tags = ["distributed"];
const patient = { timeout: 90_000, tags };
const ALL_FOO = "a-z=foo";
const ALL_BAR = "a-z=bar";
const BUCKETS = Array.from({ length: 400 }, (_, index) => `${"abcdefgh"[index % 8]}${index}`);
const KEYS = 5;

/** foo has all buckets, each with some keys; bar has none. */
async function startFilled(): Promise<MovingNodes> {
  const nodes = await MovingNodes.start(["foo", "bar"], ALL_FOO);
  const client = await nodes.line("foo");
  for (const bucket of BUCKETS) {
    client.sendLines(
      `CREATE ${bucket}`,
      ...Array.from({ length: KEYS }, (_, key) => `PUT ${bucket} k${key} ${bucket}-${key}`),
    );
  }
  for (const reply of await client.readMany(BUCKETS.length * (KEYS + 1))) assert.equal(reply, "OK");
  return nodes;
}

/** Every key of every bucket is what it was, whoever is asked, and lies on bar only. */
async function audit(nodes: MovingNodes): Promise<void> {
  for (const name of ["foo", "bar"]) {
    const client = await nodes.line(name);
    for (const bucket of BUCKETS) {
      client.sendLines(...Array.from({ length: KEYS }, (_, key) => `GET ${bucket} k${key}`));
    }
    for (const bucket of BUCKETS) {
      const expected = Array.from({ length: KEYS }, (_, key) => [`${bucket}-${key}`, "OK"]);
      assert.deepEqual(await client.readMany(2 * KEYS), expected.flat(), `${bucket} by ${name}`);
    }
  }
  assert.deepEqual(await nodes.bucketsOn("bar"), BUCKETS.toSorted());
  assert.deepEqual(await nodes.bucketsOn("foo"), []);
  assert.deepEqual(await (await nodes.resp("foo")).ask("DBSIZE"), [`:${BUCKETS.length}`]);
}

/** The change is finished by the command that is always the way out. */
async function finish(nodes: MovingNodes, name = "foo"): Promise<void> {
  const { code, stderr } = await nodes.operate(name, "routing", "apply");
  assert.equal(code, 0, stderr);
}

suite("a change of the table", { tags }, () => {
  test(
    "goes on when the command that asked for it is killed, and another one finishes it",
    patient,
    async () => {
      await using nodes = await startFilled();
      const command = nodes.begin("foo", "routing", "apply", ALL_BAR);
      await nodes.node("foo").logged(/begins to move buckets/u);
      command.child.kill("SIGKILL");
      await command.done;
      await nodes.node("foo").logged(/moved \d+ buckets to other nodes/u);
      const other = await nodes.operate("bar", "routing", "apply", "a-z=foo");
      assert.equal(other.code, 1);
      assert.match(
        other.stderr,
        /a change to a-z=bar@\S+ is under way; finish it with `routing apply` first/u,
      );
      await finish(nodes, "bar");
      await audit(nodes);
    },
  );

  for (const [who, name] of [
    ["source", "foo"],
    ["target", "bar"],
  ] as const) {
    test(`survives that its ${who} is killed in the midst`, patient, async () => {
      await using nodes = await startFilled();
      const command = nodes.begin("foo", "routing", "apply", ALL_BAR);
      await nodes.node("foo").logged(/begins to move buckets/u);
      await nodes.node(name).kill();
      await nodes.startNode(name, ALL_FOO);
      if (name === "bar") {
        const { code, stderr } = await command.done;
        assert.equal(code, 0, stderr);
      } else {
        assert.equal((await command.done).code, 1);
        await finish(nodes);
      }
      await audit(nodes);
    });
  }

  test("survives that both are killed in the midst, and again", patient, async () => {
    await using nodes = await startFilled();
    const command = nodes.begin("foo", "routing", "apply", ALL_BAR);
    await nodes.node("foo").logged(/begins to move buckets/u);
    await Promise.all([nodes.node("bar").kill(), nodes.node("foo").kill()]);
    await command.done;
    await nodes.startNode("foo", ALL_FOO);
    await nodes.startNode("bar", ALL_FOO);
    await nodes.node("foo").logged(/begins to move buckets/u);
    await Promise.all([nodes.node("bar").kill(), nodes.node("foo").kill()]);
    await nodes.startNode("bar", ALL_FOO);
    await nodes.startNode("foo", ALL_FOO);
    await finish(nodes);
    await audit(nodes);
  });

  for (const victims of [["foo"], ["bar"], ["bar", "foo"]]) {
    test(
      `loses and reverts nothing that was acknowledged while ${victims.join(" and ")} is killed`,
      patient,
      async (t) => {
        await using nodes = await startFilled();
        await nodes.startNode("baz", ALL_FOO);
        const buckets = BUCKETS.slice(0, 40);
        const writers: UnsureWriter[] = [];
        for (const name of ["a", "b", "c"]) {
          writers.push(new UnsureWriter(await nodes.line("baz"), { name, buckets }).start());
        }
        const command = nodes.begin("baz", "routing", "apply", ALL_BAR);
        for (const victim of victims) {
          await nodes.node("foo").logged(/begins to move buckets/u);
          await nodes.node(victim).kill();
          await nodes.startNode(victim, ALL_FOO);
        }
        const { code } = await command.done;
        if (code !== 0) await finish(nodes, "baz");
        for (const writer of writers) await writer.stop();
        const [first, other] = [await nodes.line("baz"), await nodes.line("foo")];
        for (const writer of writers) {
          t.diagnostic(`${writer.acknowledged} acknowledged, ${writer.failed} not`);
          assert.ok(writer.acknowledged > 100);
          await writer.audit(first);
          await writer.audit(other);
        }
        assert.deepEqual(await nodes.bucketsOn("bar"), BUCKETS.toSorted());
        assert.deepEqual(await nodes.bucketsOn("foo"), []);
      },
    );
  }

  test("waits for a node that is frozen, serves all else, and heals", patient, async () => {
    await using nodes = await startFilled();
    const command = nodes.begin("foo", "routing", "apply", ALL_BAR);
    await nodes.node("foo").logged(/begins to move buckets/u);
    nodes.node("bar").signal("SIGSTOP");
    await nodes.node("foo").logged(/could not move buckets to bar@/u);
    nodes.node("bar").signal("SIGCONT");
    const { code, stderr } = await command.done;
    assert.equal(code, 0, stderr);
    await audit(nodes);
  });
});
