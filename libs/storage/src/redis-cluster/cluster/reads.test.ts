import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { within } from "../../../../../test/harness/deadline.ts";
import { silence } from "../testing/fake-node.ts";
import { keyOf, openScene, type Scene } from "../testing/fake-scene.ts";
import { bulk, failure } from "../testing/resp.ts";
import { keySlot } from "./topology/key-slot.ts";

const command = ["HGET", "x", "k"] as const;
const slot = keySlot(keyOf(0));

/** Answers the reads of one server with a text. */
function answer(scene: Scene, place: number, text: string): void {
  scene.servers.node(place).behaviour = ([word]) => (word === "HGET" ? bulk(text) : undefined);
}

const read = async (scene: Scene): Promise<string> =>
  String(await scene.cluster.read(keyOf(0), command));

suite("a read that is refused", () => {
  test("goes where MOVED says", async () => {
    await using scene = await openScene();
    scene.servers.node(0).behaviour = ([word]) =>
      word === "HGET" ? failure(`MOVED ${slot} ${scene.servers.node(1).address}`) : undefined;
    answer(scene, 1, "moved");
    assert.equal(await read(scene), "moved");
  });

  test("goes where ASK says, with ASKING", async () => {
    await using scene = await openScene();
    scene.servers.node(0).behaviour = ([word]) =>
      word === "HGET" ? failure(`ASK ${slot} ${scene.servers.node(1).address}`) : undefined;
    let isAsking = false;
    scene.servers.node(1).behaviour = ([word]) => {
      if (word === "HGET") return isAsking ? bulk("asked") : failure("MOVED 0 127.0.0.1:1");
      isAsking = word === "ASKING";
      return undefined;
    };
    assert.equal(await read(scene), "asked");
  });

  test("is unavailable, with the reason, when the cluster stays down", async () => {
    await using scene = await openScene({ deadlineMs: 300 });
    scene.servers.node(0).behaviour = ([word]) =>
      word === "HGET" ? failure("CLUSTERDOWN The cluster is down") : undefined;
    await assert.rejects(read(scene), { code: "STORAGE_UNAVAILABLE", message: /no quorum/u });
  });

  test("is unavailable at once where it is not allowed", async () => {
    await using scene = await openScene({ deadlineMs: 60_000 });
    scene.servers.node(0).behaviour = ([word]) =>
      word === "HGET" ? failure("NOPERM this user has no permissions") : undefined;
    await assert.rejects(read(scene), { code: "STORAGE_UNAVAILABLE", message: /NOPERM/u });
  });
});

/** The second node stands in for a replica of the first. */
async function withReplica(staleReads: boolean, deadlineMs = 500): Promise<Scene> {
  const scene = await openScene({ staleReads, deadlineMs }, (servers) => {
    const [replica] = servers.node(0).replicas;
    if (replica !== undefined) {
      servers.node(0).replicas[0] = { ...replica, port: servers.node(1).port };
    }
  });
  scene.servers.node(0).behaviour = ([word]) =>
    word === "HGET" ? failure("CLUSTERDOWN The cluster is down") : undefined;
  answer(scene, 1, "old");
  return scene;
}

suite("a read whose primary is down", () => {
  test("is answered by a replica where old data will do", async () => {
    await using scene = await withReplica(true);
    assert.equal(await read(scene), "old");
    assert.ok(scene.servers.node(1).heard.some(({ words }) => words[0] === "READONLY"));
  });

  test("is not answered by a replica otherwise", async () => {
    await using scene = await withReplica(false);
    await assert.rejects(read(scene), { code: "STORAGE_UNAVAILABLE" });
  });
});

suite("a read whose primary stands still", () => {
  test("is answered by a replica long before its deadline, where old data will do", async () => {
    await using scene = await withReplica(true, 60_000);
    scene.servers.node(0).behaviour = ([word]) => (word === "HGET" ? silence : undefined);
    assert.equal(await within(read(scene), "the replica's answer"), "old");
  });

  test("waits for no write that nobody takes, where old data will do", async () => {
    await using scene = await withReplica(true, 60_000);
    scene.servers.node(0).behaviour = ([word]) =>
      word === "HGET" || word === "EVALSHA" ? silence : undefined;
    const written = scene.put(0, "new");
    written.catch(() => undefined);
    assert.equal(await within(read(scene), "the replica's answer"), "old");
  });
});

suite("what goes over all primaries", () => {
  test("names them, and asks one of them", async () => {
    await using scene = await openScene();
    const ids = await scene.cluster.primaries();
    assert.deepEqual(
      ids,
      scene.servers.nodes.map(({ id }) => id),
    );
    answer(scene, 1, "second");
    assert.equal(String(await scene.cluster.readFrom(ids[1] ?? "", command)), "second");
    assert.equal(await scene.cluster.readFrom("0".repeat(40), command), undefined);
  });

  test("asks once a turn whether it is a primary still, behind all questions of that turn", async () => {
    await using scene = await openScene();
    const [id = ""] = await scene.cluster.primaries();
    answer(scene, 0, "value");
    await scene.cluster.readFrom(id, command);
    const node = scene.servers.node(0);
    node.heard.length = 0;
    await Promise.all([1, 2, 3].map(async () => await scene.cluster.readFrom(id, command)));
    assert.deepEqual(
      node.heard.map(({ words }) => words[0]),
      ["HGET", "HGET", "HGET", "ROLE"],
    );
  });

  test("takes nothing from one that was demoted", async () => {
    await using scene = await openScene({ deadlineMs: 400 });
    const [id = ""] = await scene.cluster.primaries();
    answer(scene, 0, "old");
    scene.servers.node(0).role = "slave";
    await assert.rejects(scene.cluster.readFrom(id, command), {
      code: "STORAGE_UNAVAILABLE",
      message: /no primary any more/u,
    });
    scene.servers.takeOver(0, 1);
    assert.equal(await untilGone(scene, id), undefined);
  });

  test("finds that the key is another primary's by now", async () => {
    await using scene = await openScene();
    const [id = ""] = await scene.cluster.primaries();
    scene.servers.node(0).behaviour = ([word]) =>
      word === "HGET" ? failure(`MOVED ${slot} 127.0.0.1:1`) : undefined;
    assert.equal(await scene.cluster.readFrom(id, command), undefined);
  });

  test("is unavailable while any slot is nobody's, as a list would be short", async () => {
    await using scene = await openScene({ deadlineMs: 300 }, (servers) => {
      servers.owners[7] = 9;
    });
    await assert.rejects(scene.cluster.primaries(), {
      code: "STORAGE_UNAVAILABLE",
      message: /1 slots are nobody's/u,
    });
  });

  test("says who has which slot and what is on its way, by what all primaries say", async () => {
    await using scene = await openScene();
    const node = scene.servers.node(1);
    const { nodes } = node;
    scene.servers.owners[5] = 1;
    scene.servers.epochs[1] = 9;
    node.nodes = () => nodes().replace("connected 5-5 ", "connected 5-5 [9000->-0] ");
    const { owners, moving } = await scene.cluster.slots();
    assert.deepEqual(
      [owners[4], owners[5], owners[16_383]],
      [scene.servers.node(0).id, node.id, node.id],
    );
    assert.deepEqual([...moving], [9000]);
  });

  test("sees the writes that were called before", async () => {
    await using scene = await openScene();
    const put = scene.put(1, "value");
    await scene.cluster.slots();
    assert.deepEqual(scene.servers.node(1).written, ["value"]);
    await put;
  });
});

/** What `readFrom` says once a round of questions has shown who took over. */
async function untilGone(scene: Scene, id: string): Promise<unknown> {
  for (;;) {
    try {
      return await scene.cluster.readFrom(id, ["HGET", "x", "k"]);
    } catch {
      // The table of slots is asked anew meanwhile.
    }
  }
}

suite("the end", () => {
  test("waits for the writes that were sent, and gives up the others", async () => {
    await using scene = await openScene({ deadlineMs: 60_000 });
    const node = scene.servers.node(0);
    await scene.put(0, "first");
    const sent = scene.put(0, "sent");
    await node.hears("EVALSHA");
    await scene.servers.node(1).stop();
    const waiting = assert.rejects(scene.put(1, "waiting"), { code: "STORAGE_UNAVAILABLE" });
    await scene.cluster[Symbol.asyncDispose]();
    assert.equal((await sent).reply, 1);
    await waiting;
    await assert.rejects(scene.put(0, "late"), {
      code: "STORAGE_UNAVAILABLE",
      message: /closed/u,
    });
  });
});

suite("too many requests", () => {
  test("are refused at once, as surely not done, while the others wait", async () => {
    await using scene = await openScene({ deadlineMs: 60_000 });
    scene.servers.node(0).behaviour = ([word]) => (word === "EVALSHA" ? silence : undefined);
    const value = "v".repeat(64 * 1024 * 1024);
    const waiting = [1, 2, 3].map(async () => await scene.put(0, value));
    const ends = Promise.allSettled(waiting);
    await assert.rejects(scene.put(0, value), {
      code: "STORAGE_UNAVAILABLE",
      message: /too many requests are waiting/u,
    });
    await scene.put(1, "another");
    await scene.servers.node(0).stop();
    await scene.cluster[Symbol.asyncDispose]();
    await ends;
  });
});
