import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { FakeNode } from "../testing/fake-node.ts";
import { keyOf, openScene } from "../testing/fake-scene.ts";
import { setScript } from "../testing/hash-scripts.ts";
import { failure } from "../testing/resp.ts";
import { keySlot } from "./topology/key-slot.ts";

const slot = keySlot(keyOf(0));

/** Has a server answer scripts with these errors, one after the other, and as it does by itself after that. */
function refuse(node: FakeNode, ...texts: readonly string[]): void {
  const left = [...texts];
  node.behaviour = ([command = ""]) => {
    if (!command.startsWith("EVAL")) return undefined;
    const text = left.shift();
    return text === undefined ? undefined : failure(text);
  };
}

const wordsOf = (node: FakeNode): readonly string[] =>
  node.heard.map(({ words: [command = "", sub = ""] }) =>
    command === "CLUSTER" ? `${command} ${sub}` : command,
  );

suite("a write that is refused", () => {
  test("goes where MOVED says, and the next one goes there at once", async () => {
    await using scene = await openScene();
    const [from, to] = [scene.servers.node(0), scene.servers.node(1)];
    from.behaviour = ([command = ""]) =>
      command === "EVALSHA" ? failure(`MOVED ${slot} ${to.address}`) : undefined;
    scene.servers.owners[slot] = 1;
    scene.servers.epochs[1] = 9;
    await scene.put(0, "first");
    await scene.put(0, "second");
    assert.deepEqual(from.written, ["first"]);
    assert.deepEqual(to.written, ["first", "second"]);
  });

  test("goes where ASK says with ASKING before it, this once", async () => {
    await using scene = await openScene();
    const [from, to] = [scene.servers.node(0), scene.servers.node(1)];
    refuse(from, `ASK ${slot} ${to.address}`);
    await scene.put(0, "first");
    await scene.put(0, "second");
    assert.deepEqual(to.written, ["first"]);
    assert.deepEqual(from.written, ["first", "second"]);
    const words = wordsOf(to);
    assert.equal(words[words.indexOf("ASKING") + 1], "EVALSHA");
  });

  for (const text of [
    "CLUSTERDOWN The cluster is down",
    "TRYAGAIN Multiple keys request during rehashing of slot",
    "LOADING Redis is loading the dataset in memory",
  ]) {
    test(`is sent again after ${text.split(" ", 1)[0]}`, async () => {
      await using scene = await openScene();
      refuse(scene.servers.node(0), text, text);
      const { reply, isRepeated } = await scene.put(0, "value");
      assert.equal(reply, 1);
      assert.equal(isRepeated, false, "what was refused was not done");
      assert.equal(scene.servers.node(0).written.length, 3);
    });
  }

  test("surely did not happen when it was refused until its deadline", async () => {
    await using scene = await openScene({ deadlineMs: 300 });
    scene.servers.node(0).behaviour = ([command = ""]) =>
      command === "EVALSHA" ? failure("CLUSTERDOWN The cluster is down") : undefined;
    await assert.rejects(scene.put(0, "value"), {
      code: "STORAGE_UNAVAILABLE",
      message: /no quorum.*CLUSTERDOWN.*300 ms/u,
    });
  });

  test("surely did not happen, and is not tried again, where the memory is full", async () => {
    await using scene = await openScene();
    refuse(scene.servers.node(0), "OOM command not allowed when used memory > 'maxmemory'.");
    await assert.rejects(scene.put(0, "value"), {
      code: "STORAGE_UNAVAILABLE",
      message: /memory/u,
    });
    assert.equal(scene.servers.node(0).written.length, 1);
  });

  test("may have happened where the script failed in its midst", async () => {
    await using scene = await openScene();
    refuse(scene.servers.node(0), "ERR user_script:1: something");
    await assert.rejects(scene.put(0, "value"), { code: "STORAGE_UNANSWERED" });
  });

  test("is sent with its source when its digest is not known", async () => {
    await using scene = await openScene();
    refuse(scene.servers.node(0), "NOSCRIPT No matching script. Please use EVAL.");
    await scene.put(0, "value");
    const sent = scene.servers.node(0).heard.find(({ words }) => words[0] === "EVAL");
    assert.equal(sent?.words[1], setScript.source);
  });

  test("keeps its place before later writes of its key", async () => {
    await using scene = await openScene();
    const node = scene.servers.node(0);
    refuse(node, "TRYAGAIN later", "TRYAGAIN later");
    const first = scene.put(0, "1");
    await node.hears("EVALSHA");
    await Promise.all([first, scene.put(0, "2"), scene.put(0, "3")]);
    const done = node.written.slice(-3);
    assert.deepEqual(done, ["1", "2", "3"]);
  });

  test("is not sent again behind a later one of its key that was not refused", async () => {
    await using scene = await openScene();
    refuse(scene.servers.node(0), "CLUSTERDOWN for a moment");
    const [first, second] = await Promise.allSettled([scene.put(0, "1"), scene.put(0, "2")]);
    assert.equal(first?.status === "rejected" && first.reason.code, "STORAGE_UNAVAILABLE");
    assert.equal(second?.status, "fulfilled");
    assert.deepEqual(scene.servers.node(0).written, ["1", "2"]);
  });
});
