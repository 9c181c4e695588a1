import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { FakeCluster } from "../testing/fake-cluster.ts";
import { keyOf, openScene, type Scene } from "../testing/fake-scene.ts";
import { bulk } from "../testing/resp.ts";
import { keySlot } from "./topology/key-slot.ts";

const slot = keySlot(keyOf(0));
const DEAD = "b".repeat(40);

/** Has the second node take over the slot from a primary; nobody but itself tells of that. */
function importing(servers: FakeCluster, from: string): void {
  servers.node(1).nodes = () => servers.view(1).replace(/myself,.*/u, `$& [${slot}-<-${from}]`);
}

/** The slot's primary, the first node, is the only one that is asked at first. */
async function sceneWith(from: (servers: FakeCluster) => string): Promise<Scene> {
  const seeds: string[] = [];
  const scene = await openScene({ deadlineMs: 400, nodes: seeds }, (servers) => {
    seeds.push(servers.node(0).address);
    importing(servers, from(servers));
    for (const node of servers.nodes) {
      node.behaviour = ([word]) => (word === "HGET" ? bulk("value") : undefined);
    }
  });
  return scene;
}

const read = async (scene: Scene, name = ""): Promise<string> =>
  String(await scene.cluster.read(keyOf(0, name), ["HGET", "x", "k"]));

suite("a slot that was on its way when the primary died that had it", () => {
  test("is nobody's, as keys are missing at the one that took over, until it is mended", async () => {
    await using scene = await sceneWith(() => DEAD);
    const refusal = { code: "STORAGE_UNAVAILABLE", message: /stayed halfway.*cluster fix/u };
    await Promise.all([
      assert.rejects(read(scene), refusal),
      assert.rejects(scene.put(0, "new"), refusal),
    ]);
    assert.deepEqual(scene.servers.node(0).written, []);
    assert.equal(await read(scene, "another"), "value");
    const { servedSlots, warnings } = await scene.cluster.status();
    assert.equal(servedSlots, 16_383);
    assert.ok(warnings.some((text) => text.startsWith(`slot ${slot} stayed halfway`)));
    assert.equal((await scene.cluster.slots()).owners[slot], undefined);

    scene.servers.node(1).nodes = () => scene.servers.view(1);
    assert.equal(await read(scene), "value");
  });

  test("is another matter than one whose primary lives", async () => {
    await using scene = await sceneWith((servers) => servers.node(0).id);
    assert.equal(await read(scene), "value");
    await scene.put(0, "new");
  });
});
