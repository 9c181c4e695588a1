import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseNodes } from "./node-line.ts";
import { Topology } from "./topology.ts";

const A = "a".repeat(40);
const B = "b".repeat(40);
const C = "c".repeat(40);

const view = (...lines: readonly string[]) => parseNodes(lines.join("\n"), "127.0.0.1");
const line = (id: string, port: number, rest: string): string =>
  `${id} 127.0.0.1:${port}@1${port} ${rest}`;

const before = view(
  line(A, 7000, "myself,master - 0 0 1 connected 0-99"),
  line(B, 7001, "master - 0 0 2 connected 100-16383"),
  line(C, 7002, `slave ${A} 0 0 1 connected`),
);
const after = view(
  line(A, 7000, "master,fail - 0 0 1 disconnected"),
  line(B, 7001, "myself,master - 0 0 2 connected 100-16383"),
  line(C, 7002, "master - 0 0 3 connected 0-99"),
);

suite("Topology", () => {
  test("takes the claim of the highest config epoch, whichever node was heard first", () => {
    for (const views of [
      [before, after],
      [after, before],
    ]) {
      const topology = Topology.empty().with(views);
      assert.equal(topology.ownerOf(50)?.address, "127.0.0.1:7002");
      assert.equal(topology.ownerOf(100)?.address, "127.0.0.1:7001");
      assert.equal(topology.servedSlots(), 16_384);
      assert.equal(topology.hasSlots("127.0.0.1:7000"), false);
    }
  });

  test("does not go back to a node that was cut off and answers alone", () => {
    const topology = Topology.empty().with([after]).with([before]);
    assert.equal(topology.ownerOf(50)?.address, "127.0.0.1:7002");
  });

  test("goes on with what is claimed when the node of a higher epoch was taken out", () => {
    const withoutC = view(
      line(A, 7000, "myself,master - 0 0 1 connected 0-99"),
      line(B, 7001, "master - 0 0 2 connected 100-16383"),
    );
    const topology = Topology.empty().with([after]).with([withoutC]);
    assert.equal(topology.ownerOf(50)?.address, "127.0.0.1:7000");
  });

  test("takes a server for a replica when one view still has it as the empty primary that it was", () => {
    const young = view(
      line(A, 7000, "myself,master - 0 0 1 connected 0-16383"),
      line(C, 7002, "master - 0 0 4 connected"),
    );
    const old = view(
      line(A, 7000, "master - 0 0 1 connected 0-16383"),
      line(C, 7002, `myself,slave ${A} 0 0 1 connected`),
    );
    for (const views of [
      [young, old],
      [old, young],
    ]) {
      assert.equal(Topology.empty().with(views).nodes.get(C)?.primary, A);
    }
  });

  test("believes a redirect, also to a node that nobody named", () => {
    const topology = Topology.empty().with([before]);
    topology.moved(50, "127.0.0.1:7001");
    assert.deepEqual(topology.ownerOf(50), { id: B, address: "127.0.0.1:7001", configEpoch: 2 });
    topology.moved(51, "127.0.0.1:7009");
    assert.equal(topology.ownerOf(51)?.address, "127.0.0.1:7009");
    assert.deepEqual(
      topology.primaries().map(({ id }) => id),
      [A, B],
    );
  });

  test("believes no redirect to a replica: what is torn where it takes over is not known yet", () => {
    const topology = Topology.empty().with([before]);
    topology.moved(50, "127.0.0.1:7002");
    assert.equal(topology.ownerOf(50)?.id, A);
  });

  test("has nobody own a slot that was on its way from a primary that is none any more, while the one it was on its way to says so", () => {
    const importing = view(
      line(B, 7001, `myself,master - 0 0 2 connected 100-16383 [50-<-${A}]`),
      line(C, 7002, "master - 0 0 3 connected 0-99"),
    );
    const healthy = Topology.empty().with([before, importing.slice(0, 1)]);
    assert.equal(healthy.ownerOf(50)?.id, A);
    const torn = healthy.with([importing]);
    assert.deepEqual([...torn.torn], [50]);
    assert.equal(torn.ownerOf(50), undefined);
    assert.equal(torn.owners()[50], undefined);
    assert.deepEqual(torn.replicasOf(50), []);
    assert.equal(torn.servedSlots(), 16_383);
    const byC = view(
      line(B, 7001, "master - 0 0 2 connected 100-16383"),
      line(C, 7002, "myself,master - 0 0 3 connected 0-99"),
    );
    // Whoever was not asked has not changed its mind.
    assert.deepEqual([...torn.with([byC]).torn], [50]);
    assert.equal(torn.with([after]).ownerOf(50)?.id, C);
  });

  test("keeps what it knew when nobody answered", () => {
    const topology = Topology.empty().with([before]);
    assert.equal(topology.with([]), topology);
  });

  test("names the copies of a slot, without those that failed", () => {
    const topology = Topology.empty().with([before]);
    assert.deepEqual(
      topology.replicasOf(50).map(({ address }) => address),
      ["127.0.0.1:7002"],
    );
    assert.deepEqual(topology.replicasOf(100), []);
  });
});
