import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Cluster, Reply, SlotView } from "../cluster/cluster.ts";
import { listHashes } from "./bucket-lister.ts";

const [one, two] = ["1".repeat(40), "2".repeat(40)];

/** Two primaries with keys in their slots; `onRead` is called after each that was asked. */
class FakeCluster implements Pick<Cluster, "slots" | "readFrom"> {
  readonly owners = Array.from({ length: 16_384 }, (_, slot) => (slot < 8192 ? one : two));
  readonly moving = new Set<number>();
  readonly keys = new Map([
    [one, new Map<number, string[]>()],
    [two, new Map<number, string[]>()],
  ]);
  onRead: () => void = () => {};

  async slots(): Promise<SlotView> {
    return { owners: [...this.owners], moving: new Set(this.moving) };
  }

  async readFrom(
    primary: string,
    [, , , ...bounds]: readonly (string | Uint8Array)[],
  ): Promise<Reply> {
    const lists: Reply[] = [];
    for (let at = 0; at < bounds.length; at += 2) {
      for (let slot = Number(bounds[at]); slot <= Number(bounds[at + 1]); slot += 1) {
        const keys = this.keys.get(primary)?.get(slot) ?? [];
        if (keys.length > 0)
          lists.push(
            slot,
            keys.map((key) => Buffer.from(key)),
          );
      }
    }
    this.onRead();
    return lists;
  }

  /** All buckets, as somebody sees them who follows the cursors. */
  async list(limit: number): Promise<readonly string[]> {
    const names: string[] = [];
    let cursor: Parameters<typeof listHashes>[1]["cursor"];
    do {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the lister asks for nothing else
      const page = await listHashes(this as unknown as Cluster, { cursor, limit });
      names.push(...page.entries.map(({ bucket }) => bucket.toString()));
      cursor = page.next;
    } while (cursor !== undefined);
    return names.toSorted();
  }
}

suite("listHashes()", () => {
  test("shows the buckets of all primaries, and no key of somebody else", async () => {
    const cluster = new FakeCluster();
    cluster.keys.get(one)?.set(0, ["b:a", "b:b", "sessions"]);
    cluster.keys.get(two)?.set(16_383, ["b:c"]);
    for (const limit of [1, 2, 100]) assert.deepEqual(await cluster.list(limit), ["a", "b", "c"]);
  });

  test("misses no bucket that moves while it is listed", async () => {
    const cluster = new FakeCluster();
    cluster.keys.get(one)?.set(5, ["b:a", "b:b"]);
    cluster.moving.add(5);
    cluster.onRead = () => {
      // Behind the back of whoever has just asked the other one.
      cluster.keys.get(one)?.set(5, ["b:a"]);
      cluster.keys.get(two)?.set(5, ["b:b"]);
    };
    assert.deepEqual(await cluster.list(100), ["a", "b"]);
  });

  test("misses none whose slot has another primary by the time that it was asked for", async () => {
    const cluster = new FakeCluster();
    cluster.keys.get(two)?.set(5, ["b:a"]);
    cluster.onRead = () => {
      cluster.owners[5] = two;
    };
    assert.deepEqual(await cluster.list(100), ["a"]);
  });

  test("is no short list where a slot has no primary", async () => {
    const cluster = new FakeCluster();
    cluster.owners.pop();
    await assert.rejects(cluster.list(100), { code: "STORAGE_UNAVAILABLE" });
  });
});
