import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { hangUp, silence } from "../testing/fake-node.ts";
import { keyOf, openScene } from "../testing/fake-scene.ts";
import { getScript } from "../testing/hash-scripts.ts";
import { bulk } from "../testing/resp.ts";

suite("a write whose connection is lost", () => {
  test("may have happened when it was sent, and is not sent again", async () => {
    await using scene = await openScene();
    const node = scene.servers.node(0);
    node.behaviour = ([command]) => (command === "EVALSHA" ? hangUp : undefined);
    await assert.rejects(scene.put(0, "value"), {
      code: "STORAGE_UNANSWERED",
      message: /the write may have been applied$/u,
    });
    node.behaviour = () => undefined;
    await scene.put(0, "next");
    assert.deepEqual(node.written, ["value", "next"]);
  });

  test("is sent again where it recognises itself, and says so", async () => {
    await using scene = await openScene();
    const node = scene.servers.node(0);
    let count = 0;
    node.behaviour = ([command]) => {
      if (command !== "EVALSHA") return undefined;
      count += 1;
      return count === 1 ? hangUp : undefined;
    };
    const { isRepeated } = await scene.put(0, "value", { mayRepeat: true });
    assert.equal(isRepeated, true);
    assert.deepEqual(node.written, ["value", "value"]);
  });

  test("may have happened even if a later sending surely did not", async () => {
    await using scene = await openScene({ deadlineMs: 500 });
    const node = scene.servers.node(0);
    node.behaviour = ([command]) => (command === "EVALSHA" ? hangUp : undefined);
    await assert.rejects(scene.put(0, "value", { mayRepeat: true }), {
      code: "STORAGE_UNANSWERED",
    });
  });

  test("may have happened when nothing is heard until its deadline", async () => {
    await using scene = await openScene({ deadlineMs: 300 });
    const node = scene.servers.node(0);
    node.behaviour = ([command]) => (command === "EVALSHA" ? silence : undefined);
    await assert.rejects(scene.put(0, "value"), { code: "STORAGE_UNANSWERED", message: /300 ms/u });
    assert.deepEqual(node.written, ["value"]);
    node.behaviour = () => undefined;
    await scene.put(0, "next");
    assert.deepEqual(node.written, ["value", "next"]);
  });

  test("waits for a server that is away, as it was not sent", async () => {
    await using scene = await openScene({ deadlineMs: 8000 });
    const node = scene.servers.node(0);
    await node.stop();
    const put = scene.put(0, "value");
    await scene.put(1, "the other shard is not touched");
    await node.start();
    assert.equal((await put).isRepeated, false);
  });

  test("surely did not happen when the server stayed away", async () => {
    await using scene = await openScene({ deadlineMs: 300 });
    await scene.servers.node(0).stop();
    await assert.rejects(scene.put(0, "value"), {
      code: "STORAGE_UNAVAILABLE",
      message: /ECONNREFUSED.*300 ms/u,
    });
  });

  test("history: what is unread on the old connection is dropped before the new one is used", async () => {
    await using scene = await openScene({ deadlineMs: 300 });
    const node = scene.servers.node(0);
    node.behaviour = ([command]) => (command === "EVALSHA" ? silence : undefined);
    await assert.rejects(scene.put(0, "value"), { code: "STORAGE_UNANSWERED" });
    const old = node.heard.find(({ words }) => words[0] === "EVALSHA")?.client;
    node.behaviour = () => undefined;
    await scene.put(0, "next");
    const kill = node.heard.findIndex(({ words }) => words.join(" ") === `CLIENT KILL ID ${old}`);
    const next = node.heard.findIndex(({ words }) => words.at(-1) === "next");
    assert.ok(kill !== -1 && kill < next, "the old connection is ended before the next write");
  });

  test("history: another process at the address has other clients: none of them is ended", async () => {
    await using scene = await openScene({ deadlineMs: 2000 });
    const node = scene.servers.node(0);
    await scene.put(0, "value");
    node.behaviour = ([command, sub]) =>
      command === "INFO" && sub === "server" ? bulk("run_id:another\r\n") : undefined;
    await node.stop();
    await node.start();
    // The end of the old connection may not have been heard of yet.
    await scene.put(0, "next", { mayRepeat: true });
    assert.equal(
      node.heard.some(({ words }) => words[1] === "KILL"),
      false,
    );
  });
});

suite("a server that stands still while another one is elected", () => {
  test("what was sent may have happened, what waited goes to the new one long before its deadline", async () => {
    await using scene = await openScene({ deadlineMs: 60_000 });
    const [old, elected] = [scene.servers.node(0), scene.servers.node(1)];
    await scene.put(0, "first");
    old.behaviour = () => silence;
    const sent = assert.rejects(scene.put(0, "sent"), { code: "STORAGE_UNANSWERED" });
    await old.hears("EVALSHA");
    const waited = scene.put(0, "waited");
    scene.servers.takeOver(0, 1);
    await Promise.all([sent, waited]);
    assert.deepEqual(elected.written, ["waited"]);
  });

  test("history: cut off together with one replica, it answers and proves nothing: what waited goes to the new one", async () => {
    await using scene = await openScene({ deadlineMs: 60_000 });
    const [old, elected] = [scene.servers.node(0), scene.servers.node(1)];
    const [, away] = old.replicas;
    await scene.put(0, "first");
    if (away !== undefined) {
      away.isUpToDate = false;
      away.flags = "slave,fail?";
    }
    const sent = assert.rejects(scene.put(0, "sent"), { code: "STORAGE_UNANSWERED" });
    await old.hears("WAIT");
    const waited = scene.put(0, "waited");
    scene.servers.takeOver(0, 1);
    await Promise.all([sent, waited]);
    assert.deepEqual(elected.written, ["waited"]);
  });

  test("reads go to the new one, too", async () => {
    await using scene = await openScene({ deadlineMs: 60_000 });
    const [old, elected] = [scene.servers.node(0), scene.servers.node(1)];
    elected.behaviour = ([command]) => (command === "HGET" ? bulk("value") : undefined);
    await scene.cluster.read(keyOf(1), ["HGET", "x", "k"]);
    old.behaviour = () => silence;
    const read = scene.cluster.read(keyOf(0), ["HGET", "x", "k"]);
    await old.hears("HGET");
    scene.servers.takeOver(0, 1);
    assert.deepEqual(await read, Buffer.from("value"));
  });
});

suite("a read", () => {
  test("is asked again when its connection is lost", async () => {
    await using scene = await openScene();
    let count = 0;
    scene.servers.node(0).behaviour = ([command]) => {
      if (command !== "HGET") return undefined;
      count += 1;
      return count === 1 ? hangUp : bulk("value");
    };
    assert.deepEqual(await scene.cluster.read(keyOf(0), ["HGET", "x", "k"]), Buffer.from("value"));
  });

  test("is given up at its deadline", async () => {
    await using scene = await openScene({ deadlineMs: 300 });
    scene.servers.node(0).behaviour = ([command]) => (command === "HGET" ? silence : undefined);
    for (const _ of ["over a connection that is made for it", "over one that is there"]) {
      const beginMs = performance.now();
      await assert.rejects(scene.cluster.read(keyOf(0), ["HGET", "x", "k"]), {
        code: "STORAGE_UNAVAILABLE",
      });
      const tookMs = performance.now() - beginMs;
      assert.ok(tookMs >= 290, `after ${tookMs} ms`);
    }
    const asked = scene.servers.node(0).heard.filter(({ words }) => words[0] === "HGET");
    // Nothing is asked anew when its time is over.
    assert.equal(asked.length, 2);
  });

  test("sees the writes that were called before, though they go another way", async () => {
    await using scene = await openScene();
    const node = scene.servers.node(0);
    const put = scene.put(0, "value");
    node.behaviour = ([command]) => (command === "HGET" ? bulk(node.written.join(" ")) : undefined);
    const read = await scene.cluster.read(keyOf(0), ["HGET", "x", "k"]);
    assert.deepEqual(read, Buffer.from("value"));
    await put;
  });

  test("of a script falls back on its source", async () => {
    await using scene = await openScene();
    scene.servers.node(0).behaviour = ([command]) => {
      if (command === "EVALSHA_RO") return "-NOSCRIPT No matching script\r\n";
      return command === "EVAL_RO" ? bulk("value") : undefined;
    };
    const reply = await scene.cluster.readScript(keyOf(0), getScript, ["k"]);
    assert.deepEqual(reply, Buffer.from("value"));
  });
});
