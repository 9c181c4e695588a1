import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { KvError } from "@kv/kv";
import fc from "fast-check";
import { chooseSeed } from "../../../test/harness/random.ts";
import { FakeKv } from "../test/fake-kv.ts";
import { FakeOwner } from "../test/fake-owner.ts";
import { Pipeline } from "../test/pipeline.ts";

type Command = readonly string[];

/** Which of the owners each bucket has: 0 is this node. */
type Table = Readonly<Record<string, number>>;

type Step =
  | { readonly type: "send"; readonly command: Command }
  | { readonly type: "perform"; readonly owner: number }
  | { readonly type: "answer"; readonly owner: number; readonly behind: number }
  | { readonly type: "table"; readonly table: Table };

const DEAD = "dead";
const NO_CONNECTION = new KvError("KV_NO_CONNECTION", { node: "bar@host" });

const live = fc.constantFrom("a", "b", "c");
const bucket = fc.oneof({ weight: 8, arbitrary: live }, fc.constant(DEAD));
const key = fc.constantFrom("k", "l");
const number = fc.nat(9).map(String);

function command(name: string, ...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<Command> {
  return fc.tuple(...parts).map((words) => [name].concat(words));
}

const word = (text: string): fc.Arbitrary<string> => fc.constant(text);

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  command("HGET", bucket, key),
  command("HGET", bucket, key),
  command("HSET", bucket, key, number),
  command("HSET", bucket, key, number),
  command("HDEL", bucket, key),
  command("HSETNX", bucket, key, number),
  command("HINCRBY", bucket, key, number),
  command("HSTRLEN", bucket, key),
  command("HLEN", bucket),
  command("HMGET", bucket, key, key),
  command("HGETALL", bucket),
  command("HSCAN", bucket, word("0")),
  command("EXISTS", live, live),
  command("DEL", live, live),
  command("HEXPIRE", bucket, number, word("NX"), word("FIELDS"), word("1"), key),
  command("HPERSIST", bucket, word("FIELDS"), word("1"), key),
  command("HTTL", bucket, word("FIELDS"), word("1"), key),
  command("EXPIRE", bucket, number),
  command("PING"),
);

const owner = fc.nat(1);
const anyTable = fc.record({ a: fc.nat(2), b: fc.nat(2), c: fc.nat(2), [DEAD]: fc.nat(2) });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant("send"), command: anyCommand }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("perform"), owner }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant("answer"), owner, behind: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("table"), table: anyTable }) },
);

/** Two other nodes, and a table of who has what. */
class Scene {
  readonly kv = createKv();
  readonly owners = [new FakeOwner(), new FakeOwner()] as const;

  use(table: Table): void {
    this.kv.ownerOf = (name) => {
      const place = name === undefined ? 0 : (table[name] ?? 0);
      return place === 0 ? undefined : this.owners[place - 1];
    };
    this.kv.table++;
  }

  get owed(): number {
    return this.owners[0].owed + this.owners[1].owed;
  }
}

function createKv(): FakeKv {
  const kv = new FakeKv();
  kv.failureOf = (name) => (name === DEAD ? NO_CONNECTION : undefined);
  return kv;
}

/** What is answered when each request waits for the one before, and all buckets are here. */
async function answersOf(commands: readonly Command[]): Promise<string> {
  const pipeline = new Pipeline(createKv());
  for (const words of commands) {
    pipeline.send(...words);
    await pipeline.turn();
  }
  assert.ok(!pipeline.owesReplies);
  return pipeline.output;
}

suite("a pipeline over buckets of several nodes", { timeout: 120_000 }, () => {
  test("is answered as if each request had waited for the one before", async (t) => {
    const seed = chooseSeed();
    t.diagnostic(`seed ${seed}`);
    const steps = fc.array(anyStep, { maxLength: 60, size: "max" });
    const room = fc.oneof(fc.integer({ min: 1, max: 200_000 }), fc.constant(1e9));
    const property = fc.asyncProperty(anyTable, steps, room, async (table, script, roomBytes) => {
      const scene = new Scene();
      scene.use(table);
      const pipeline = new Pipeline(scene.kv, roomBytes);
      const commands = script.flatMap((step) => (step.type === "send" ? [step.command] : []));
      const expected = await answersOf(commands);
      for (const step of script) {
        await play(scene, pipeline, step);
        assert.ok(expected.startsWith(pipeline.output), `${pipeline.output} begins ${expected}`);
      }
      while (pipeline.owesReplies) {
        for (const far of scene.owners) far.answerAll();
        await pipeline.turn();
      }
      assert.equal(pipeline.output, expected);
      assert.equal(pipeline.pendingBytes, 0);
      assert.equal(scene.owed, 0);
    });
    await fc.assert(property, { seed, numRuns: 600 });
  });
});

async function play(scene: Scene, pipeline: Pipeline, step: Step): Promise<void> {
  switch (step.type) {
    case "send":
      pipeline.send(...step.command);
      return;
    case "perform":
      scene.owners[step.owner]?.performAll();
      return;
    case "answer": {
      const far = scene.owners[step.owner];
      far?.answer(Math.min(step.behind, Math.max(far.owed - 1, 0)));
      await pipeline.turn();
      return;
    }
    case "table":
      scene.use(step.table);
      return;
    default:
      step satisfies never;
  }
}
