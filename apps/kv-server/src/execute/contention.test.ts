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
    expireMeanwhile: (expiresAtMs: number) => kv.buckets.expire(name, key, expiresAtMs),
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
  test("gives a key no expiry over one that came in between", async () => {
    const scene = createScene();
    scene.pipeline.send("HPEXPIRE", "a", "1000", "NX", "FIELDS", "1", "k");
    await answerAll(scene, (request) => {
      // It has been read, and the write is on its way.
      if (request === 2) scene.expireMeanwhile(5000);
    });
    assert.equal(scene.pipeline.output, "*1\r\n:0\r\n");
    assert.equal(scene.expiresAtMs(), 5000);
  });

  test("judges a write that came in between anew", async () => {
    const scene = createScene();
    scene.pipeline.send("HPEXPIRE", "a", "1000", "NX", "FIELDS", "1", "k");
    const requests = await answerAll(scene, (request) => {
      if (request === 2) scene.putMeanwhile("2");
    });
    assert.equal(scene.pipeline.output, "*1\r\n:1\r\n");
    assert.equal(scene.expiresAtMs(), 1000);
    assert.equal(requests, 5, "described, read, put in vain, read, put");
    scene.pipeline.send("HGET", "a", "k");
    scene.owner.answer();
    await scene.pipeline.turn();
    assert.match(scene.pipeline.output, /\$1\r\n2\r\n$/u);
  });

  test("deletes no key at a time that is over which somebody has written meanwhile", async () => {
    const scene = createScene();
    scene.expireMeanwhile(9000);
    scene.pipeline.send("HPEXPIREAT", "a", "0", "LT", "FIELDS", "1", "k");
    await answerAll(scene, (request) => {
      if (request === 2) scene.putMeanwhile("2");
    });
    assert.equal(scene.pipeline.output, "*1\r\n:2\r\n");
    assert.equal(scene.expiresAtMs(), "gone");
  });

  for (const [words, perTry] of [
    [["HINCRBY", "a", "k", "1"], 2],
    [["HPEXPIRE", "a", "1000", "NX", "FIELDS", "1", "k"], 2],
  ] as const) {
    test(`gives up in words when others write without end: ${words[0]}`, async () => {
      const scene = createScene();
      scene.pipeline.send(...words);
      let value = 1;
      const requests = await answerAll(scene, () => scene.putMeanwhile(String(value++)));
      const expected = "-ERR the key is written by too many at a time; try again\r\n";
      assert.equal(scene.pipeline.output, expected);
      assert.equal(Math.floor(requests / perTry), mostTries);
      scene.pipeline.send("PING");
      assert.equal(scene.pipeline.output, `${expected}+PONG\r\n`);
    });
  }

  test("is not overtaken by what comes behind it, and what comes behind it sees it", async () => {
    const scene = createScene();
    scene.pipeline.send("HMGET", "a", "k");
    scene.pipeline.send("HSET", "a", "k", "2");
    scene.pipeline.send("HGET", "a", "k");
    await answerAll(scene, () => {});
    assert.equal(scene.pipeline.output, "*1\r\n$1\r\n1\r\n:0\r\n$1\r\n2\r\n");
  });
});
