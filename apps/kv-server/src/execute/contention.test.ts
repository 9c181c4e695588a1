import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { FakeKv } from "../../test/fake-kv.ts";
import { FakeOwner } from "../../test/fake-owner.ts";
import { Pipeline } from "../../test/pipeline.ts";
import { mostTries } from "./contention.ts";

/** Buckets on another node, and somebody else who writes to them directly. */
function createScene() {
  const kv = new FakeKv();
  const owner = new FakeOwner();
  kv.ownerOf = () => owner;
  kv.plant("a", "k", Buffer.from("1"));
  const pipeline = new Pipeline(kv);
  const name = Buffer.from("a");
  const key = Buffer.from("k");
  return {
    kv,
    owner,
    pipeline,
    expireMeanwhile: (expiresAtMs: number | undefined) => kv.buckets.expire(name, key, expiresAtMs),
    expireBucketMeanwhile: (expiresAtMs: number | undefined) =>
      kv.buckets.expire(name, undefined, expiresAtMs),
    bucketExpiresAtMs: () => {
      const found = kv.buckets.describe(name);
      return found.type === "found" ? found.expiresAtMs : "gone";
    },
    putMeanwhile: (value: string) => kv.buckets.put(name, [{ key, value: Buffer.from(value) }]),
    expiresAtMs: () => {
      const found = kv.buckets.get(name, key);
      return found.type === "found" ? found.expiresAtMs : "gone";
    },
  };
}

/** Has the owner answer, a request at a time, and calls `between` before each but the first. */
async function answerAll(
  { owner, pipeline }: Pick<ReturnType<typeof createScene>, "owner" | "pipeline">,
  between: (request: number) => void,
): Promise<number> {
  let request = 0;
  for (; owner.owed > 0; request++) {
    if (request > 0) between(request);
    owner.answer();
    await pipeline.turn();
  }
  return request;
}

suite("a command that reads on another node and then writes there", { timeout: 60_000 }, () => {
  test("gives up in words when others write without end", async () => {
    const scene = createScene();
    scene.pipeline.send("HINCRBY", "a", "k", "1");
    let value = 1;
    const requests = await answerAll(scene, () => scene.putMeanwhile(String(value++)));
    const expected = "-ERR the key is written by too many at a time; try again\r\n";
    assert.equal(scene.pipeline.output, expected);
    assert.equal(Math.floor(requests / 2), mostTries);
    scene.pipeline.send("PING");
    assert.equal(scene.pipeline.output, `${expected}+PONG\r\n`);
  });

  test("is not overtaken by what comes behind it, and what comes behind it sees it", async () => {
    const scene = createScene();
    scene.pipeline.send("HMGET", "a", "k");
    scene.pipeline.send("HSET", "a", "k", "2");
    scene.pipeline.send("HGET", "a", "k");
    await answerAll(scene, () => {});
    assert.equal(scene.pipeline.output, "*1\r\n$1\r\n1\r\n:0\r\n$1\r\n2\r\n");
  });
});

/** What was asked for, what the owner has of it by the time it gets there, the reply, and the expiry then. */
const EXPIRIES: readonly (readonly [
  words: readonly string[],
  meanwhileMs: number | undefined,
  reply: string,
  keyMs: number | undefined | "gone",
])[] = [
  [["HPEXPIRE", "a", "1000", "NX", "FIELDS", "1", "k"], 5000, "*1\r\n:0\r\n", 5000],
  [["HPEXPIRE", "a", "1000", "NX", "FIELDS", "1", "k"], undefined, "*1\r\n:1\r\n", 1000],
  [["HPEXPIRE", "a", "1000", "GT", "FIELDS", "1", "k"], 999, "*1\r\n:1\r\n", 1000],
  [["HPEXPIREAT", "a", "0", "LT", "FIELDS", "1", "k"], 9000, "*1\r\n:2\r\n", "gone"],
  [["HPERSIST", "a", "FIELDS", "1", "k"], 9000, "*1\r\n:1\r\n", undefined],
  [["HPERSIST", "a", "FIELDS", "1", "k"], undefined, "*1\r\n:-1\r\n", undefined],
];

suite("an expiry on another node is judged where the bucket is", { timeout: 60_000 }, () => {
  for (const [words, meanwhileMs, reply, keyMs] of EXPIRIES) {
    test(`${words.join(" ")}, when it expires at ${meanwhileMs} by then`, async () => {
      const scene = createScene();
      scene.pipeline.send(...words);
      scene.expireMeanwhile(meanwhileMs);
      assert.equal(await answerAll(scene, () => {}), 1, "one request, and no value with it");
      assert.equal(scene.pipeline.output, reply);
      assert.equal(scene.expiresAtMs(), keyMs);
    });
  }

  for (const [condition, meanwhileMs, reply] of [
    ["NX", 5000, ":0\r\n"],
    ["NX", undefined, ":1\r\n"],
    ["XX", undefined, ":0\r\n"],
    ["GT", 5000, ":0\r\n"],
    ["LT", 500, ":0\r\n"],
    ["LT", 5000, ":1\r\n"],
  ] as const) {
    test(`PEXPIRE of a bucket ${condition}, which expires at ${meanwhileMs} by then: replaced only if that holds`, async () => {
      const scene = createScene();
      scene.pipeline.send("PEXPIRE", "a", "1000", condition);
      scene.expireBucketMeanwhile(meanwhileMs);
      assert.equal(await answerAll(scene, () => {}), 1);
      assert.equal(scene.pipeline.output, reply);
      assert.equal(scene.bucketExpiresAtMs(), reply === ":1\r\n" ? 1000 : meanwhileMs);
    });
  }

  test("and what comes behind that of a bucket need not wait", () => {
    const scene = createScene();
    scene.pipeline.send("PEXPIRE", "a", "1000", "NX");
    scene.pipeline.send("HGET", "a", "k");
    assert.equal(scene.owner.owed, 2);
  });
});
