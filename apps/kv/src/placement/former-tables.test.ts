import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MemoryStore } from "@kv/storage";
import { tableOf } from "../moves/testing/fake-cluster.ts";
import { bucketNamed, nodeNamed } from "../remote/testing/any-part.ts";
import { Placement } from "./placement.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];
const nuts = bucketNamed("nuts");
const [PAIR, OWN] = [tableOf("a-m=foo@lab,n-z=bar@lab"), tableOf("a-z=foo@lab")];

/** foo over a store, which an earlier process may have written to. */
async function placed(configured: { table: typeof PAIR }, store: MemoryStore) {
  let opened: MemoryStore | undefined;
  const placement = new Placement({
    reader: { self: foo, host: "lab" },
    configured: () => configured.table,
    // As in the application: it is not shown to anybody before it is loaded.
    store: () => opened,
    activate: () => assert.fail("nothing moves"),
  });
  await placement.load(store);
  opened = store;
  const find = () => placement.find(nuts, { owner: foo, hops: [], store });
  return { placement, find };
}

const fresh = () => new MemoryStore({ clock: () => 0 });

suite("former tables", () => {
  test("are those that were replaced by hand: their owners are asked first, unless the bucket is here", async () => {
    const configured = { table: PAIR };
    const store = fresh();
    const { placement, find } = await placed(configured, store);
    assert.equal(placement.isQuiet, true);
    configured.table = OWN;
    assert.equal(placement.table, OWN);
    assert.equal(placement.isQuiet, false);
    assert.deepEqual(find(), { type: "claim", asked: [bar] });
    store.createBucket(nuts);
    assert.deepEqual(find(), { type: "own" });
  });

  test("are kept for the next process, and so is the one in force", async () => {
    const store = fresh();
    await placed({ table: PAIR }, store);
    const second = await placed({ table: OWN }, store);
    assert.deepEqual(second.find(), { type: "claim", asked: [bar] });
    const third = await placed({ table: OWN }, store);
    assert.deepEqual(third.find(), { type: "claim", asked: [bar] });
  });

  test("are none where no other node was ever named, and nothing is written then", async () => {
    const configured = { table: OWN };
    const store = fresh();
    const { placement, find } = await placed(configured, store);
    configured.table = tableOf("a-y=foo@lab");
    assert.equal(placement.table, configured.table);
    assert.deepEqual([placement.isQuiet, store.statistics().buckets], [true, 0]);
    assert.deepEqual(find(), { type: "own" });
  });

  test("are done with when their nodes have taken part in a change, or were forgotten", async () => {
    for (const participants of [[foo, bar], [foo]]) {
      const configured = { table: PAIR };
      const { placement } = await placed(configured, fresh());
      configured.table = OWN;
      assert.equal(placement.table, OWN);
      placement.prepare({ planId: "p", next: OWN, previous: [OWN], participants });
      placement.adopt("p");
      placement.commit("p");
      assert.equal(placement.isQuiet, participants.includes(bar));
      placement.forget(bar);
      assert.equal(placement.isQuiet, true);
    }
  });
});

suite("a node that is asked as a former owner", () => {
  test("says what lies there, whatever its table says", async () => {
    const store = fresh();
    const { placement } = await placed({ table: PAIR }, store);
    assert.equal(placement.asked.find(nuts, bar, store), undefined);
    store.createBucket(nuts);
    assert.deepEqual(placement.asked.find(nuts, bar, store), { type: "own" });
  });

  test("gives away with its no what the asker is about to make, also for the next process", async () => {
    const baz = nodeNamed("baz@lab");
    const store = fresh();
    const { placement } = await placed({ table: OWN }, store);
    await placement.asked.giveUnmade(nuts, bar);
    const second = await placed({ table: OWN }, store);
    assert.deepEqual(second.find(), { type: "node", node: bar });
    assert.deepEqual(second.placement.asked.find(nuts, baz, store), { type: "node", node: bar });
    assert.equal(second.placement.asked.find(nuts, bar, store), undefined);
  });
});
