import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { FakeNode } from "../testing/fake-node.ts";
import { openScene } from "../testing/fake-scene.ts";
import { integer } from "../testing/resp.ts";

/** What a server heard on the connection of the first script, from that on. */
function chainOf(node: FakeNode): readonly string[] {
  const first = node.heard.findIndex(({ words }) => words[0] === "EVALSHA");
  const client = node.heard[first]?.client;
  return node.heard
    .slice(first)
    .filter((heard) => heard.client === client)
    .map(({ words }) => words.slice(0, 2).join(" "))
    .map((words) => (words.startsWith("EVALSHA") ? "EVALSHA" : words));
}

const PROOF = ["INFO replication", "WAIT 2", "INFO replication", "CLUSTER REPLICAS"];

suite("a write that is to be kept by all live replicas", () => {
  test("is followed by the proof on its own connection", async () => {
    await using scene = await openScene();
    await scene.put(0, "value");
    assert.deepEqual(chainOf(scene.servers.node(0)), ["EVALSHA", ...PROOF]);
  });

  test("has one proof with all that came while another one was under way", async () => {
    await using scene = await openScene();
    const node = scene.servers.node(0);
    await scene.put(0, "opens the connection");
    node.heard.length = 0;
    const first = scene.put(0, "1", { name: "x" });
    await node.hears("EVALSHA");
    const others = ["2", "3", "4"].map(async (value) => await scene.put(0, value, { name: value }));
    await Promise.all([first, ...others]);
    assert.deepEqual(chainOf(node), [
      "EVALSHA",
      ...PROOF,
      "EVALSHA",
      "EVALSHA",
      "EVALSHA",
      ...PROOF,
    ]);
  });

  test("may have happened when a live replica did not confirm it until its deadline; only the proof is asked again", async () => {
    await using scene = await openScene({ deadlineMs: 400 });
    const node = scene.servers.node(0);
    const [replica] = node.replicas;
    await scene.put(0, "value");
    if (replica !== undefined) replica.isUpToDate = false;
    await assert.rejects(scene.put(0, "next"), { code: "STORAGE_UNANSWERED" });
    assert.deepEqual(node.written, ["value", "next"]);
    const waits = node.heard.filter(({ words }) => words[0] === "WAIT");
    assert.ok(waits.length > 2, "it was asked again");
    assert.equal(new Set(waits.map(({ client }) => client)).size, 1);
  });

  test("is kept as soon as the replica that does not confirm is flagged as failed", async () => {
    await using scene = await openScene({ deadlineMs: 8000 });
    const node = scene.servers.node(0);
    const [replica] = node.replicas;
    await scene.put(0, "value");
    if (replica !== undefined) replica.isUpToDate = false;
    const put = scene.put(0, "next");
    await node.hears("WAIT");
    if (replica !== undefined) replica.flags = "slave,fail?";
    await node.hears("WAIT");
    if (replica !== undefined) replica.flags = "slave,fail";
    assert.equal((await put).reply, 1);
  });

  test("asks all replicas for their offsets when the count is met by others", async () => {
    await using scene = await openScene({ deadlineMs: 8000 });
    const node = scene.servers.node(0);
    const [replica] = node.replicas;
    await scene.put(0, "value");
    if (replica !== undefined) replica.isUpToDate = false;
    node.behaviour = ([command, count]) => {
      if (command === "WAIT" && count === "3" && replica !== undefined) replica.isUpToDate = true;
      return command === "WAIT" ? integer(2) : undefined;
    };
    assert.equal((await scene.put(0, "next")).reply, 1);
  });

  test("surely did not happen where no replica is live, as it is not sent", async () => {
    await using scene = await openScene({ deadlineMs: 300 }, (servers) => {
      for (const replica of servers.node(0).replicas) replica.flags = "slave,fail";
    });
    await assert.rejects(scene.put(0, "value"), {
      code: "STORAGE_UNAVAILABLE",
      message: /no live replica/u,
    });
    assert.deepEqual(scene.servers.node(0).written, []);
  });

  test("is sent once a replica follows that did not", async () => {
    await using scene = await openScene({ deadlineMs: 8000 }, (servers) => {
      for (const replica of servers.node(0).replicas) replica.isOnline = false;
    });
    const node = scene.servers.node(0);
    const put = scene.put(0, "value");
    await node.hears("INFO");
    for (const replica of node.replicas) replica.isOnline = true;
    assert.equal((await put).reply, 1);
    assert.deepEqual(node.written, ["value"]);
  });

  test("may have happened when its primary was demoted before the proof", async () => {
    await using scene = await openScene();
    const node = scene.servers.node(0);
    await scene.put(0, "value");
    node.behaviour = ([command]) => {
      if (command === "WAIT") node.role = "slave";
      return command === "WAIT"
        ? "-UNBLOCKED force unblock from blocking operation\r\n"
        : undefined;
    };
    await assert.rejects(scene.put(0, "next"), {
      code: "STORAGE_UNANSWERED",
      message: /demoted/u,
    });
  });

  test("history: demoted and elected again between the write and the proof: all confirm, and the write is not among what they have", async () => {
    await using scene = await openScene();
    const node = scene.servers.node(0);
    await scene.put(0, "value");
    node.behaviour = ([command]) => {
      if (command === "EVALSHA") node.history = "f".repeat(40);
      return undefined;
    };
    await assert.rejects(scene.put(0, "next"), {
      code: "STORAGE_UNANSWERED",
      message: /another history/u,
    });
  });

  test("is sent again when it may be repeated, if it could not be proven", async () => {
    await using scene = await openScene();
    const node = scene.servers.node(0);
    await scene.put(0, "value");
    node.behaviour = ([command]) => {
      if (command === "WAIT" && node.written.length === 2) node.history = "f".repeat(40);
      return undefined;
    };
    const { isRepeated } = await scene.put(0, "next", { mayRepeat: true });
    assert.equal(isRepeated, true);
    assert.deepEqual(node.written, ["value", "next", "next"]);
  });
});

suite("other durabilities", () => {
  test("`one` is content with any one replica of the cluster", async () => {
    await using scene = await openScene({ durability: "one" });
    const node = scene.servers.node(0);
    const [replica] = node.replicas;
    if (replica !== undefined) replica.isUpToDate = false;
    await scene.put(0, "value");
    assert.ok(chainOf(node).includes("WAIT 1"));
  });

  test("`primary` asks nobody", async () => {
    await using scene = await openScene({ durability: "primary" });
    const node = scene.servers.node(0);
    for (const replica of node.replicas) replica.flags = "slave,fail";
    await scene.put(0, "value");
    assert.deepEqual(chainOf(node), ["EVALSHA"]);
  });
});
