import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MemoryStore } from "@kv/storage";
import { bucketNamed, brandRevision, nodeNamed } from "../remote/testing/any-part.ts";
import { parseRoutingText } from "../routing-text.ts";
import type { RoutingTable } from "../routing-table.ts";
import type { Claim } from "./claims.ts";
import { Placement, type Place } from "./placement.ts";

const [foo, bar, baz] = [nodeNamed("foo@lab"), nodeNamed("bar@lab"), nodeNamed("baz@lab")];
const nuts = bucketNamed("nuts");
const field = { key: Uint8Array.of(1), value: Uint8Array.of(2) };
const [OLD, NEW] = [tableOf("a-z=foo@lab"), tableOf("a-z=bar@lab")];
const plan = { planId: "p", next: NEW, previous: [OLD], participants: [foo, bar] };
const arrival = {
  bucket: nuts,
  from: foo,
  moveId: "m",
  lifetime: "kept" as const,
  expiresAtMs: undefined,
  revisionFloor: brandRevision(1_000),
};

function tableOf(text: string): RoutingTable {
  const parsed = parseRoutingText(text);
  if (parsed.type === "malformed") throw new Error(parsed.reason);
  return parsed.table;
}

function outcome(answer: { readonly outcome: { readonly type: string } }): string {
  return answer.outcome.type;
}

/** A placement of `self` over a store, which may be one that an earlier placement has written to. */
async function placed(self = foo, store = new MemoryStore({ clock: () => 0 })) {
  const activated: string[] = [];
  const configured = { table: OLD };
  const placement = new Placement({
    reader: { self, host: "lab" },
    configured: () => configured.table,
    store: () => store,
    activate: (to, _, moveId) => void activated.push(`${moveId} at ${to}`),
  });
  await placement.load(store);
  const find = (owner: typeof foo, ...hops: (typeof foo)[]): Place | Claim | undefined =>
    placement.find(nuts, { owner, hops, store });
  return { placement, store, activated, configured, find };
}

suite("Placement, which node serves a bucket", () => {
  test("a copy on its way here: its source does", async () => {
    const { placement, find } = await placed(bar);
    placement.arrivals.begin(arrival);
    assert.deepEqual(find(bar, baz), { type: "node", node: foo });
    assert.deepEqual(find(foo), { type: "node", node: foo });
    assert.equal(placement.isQuiet, false);
  });

  test("a copy whose source sends the request itself is void: it holds nothing", async () => {
    const { placement, store, find } = await placed(bar);
    placement.arrivals.begin(arrival);
    placement.arrivals.add({ bucket: nuts, moveId: "m", fields: [], deletedKeys: [] });
    assert.deepEqual(find(bar, foo), { type: "own" });
    assert.equal(store.describeBucket(nuts).outcome.type, "no-bucket");
    const late = placement.arrivals.add({ bucket: nuts, moveId: "m", fields: [], deletedKeys: [] });
    assert.equal("outcome" in late && late.outcome.type, "refused");
  });

  test("a copy stays when its source has only passed the request on to somebody else", async () => {
    const { placement, find } = await placed(bar);
    placement.arrivals.begin(arrival);
    assert.deepEqual(find(bar, foo, baz), { type: "node", node: foo });
  });

  test("one that was given away: the node it went to, which is told so until it has said yes", async () => {
    const { placement, store, activated, find } = await placed();
    store.createBucket(nuts);
    const departure = placement.depart(nuts, "m");
    const { version } = placement;
    departure?.hold();
    await departure?.complete(bar, "p");
    assert.notEqual(placement.version, version);
    assert.deepEqual(activated, ["m at bar@lab"]);
    assert.deepEqual(find(foo), { type: "node", node: bar, activates: "m" });
    await placement.confirm(nuts, "m");
    assert.deepEqual(find(foo), { type: "node", node: bar });
    assert.equal(store.describeBucket(nuts).outcome.type, "no-bucket");
  });

  test("one that is held: this node, whatever the table says; also on its way out", async () => {
    const { placement, store, find } = await placed();
    store.createBucket(nuts);
    placement.prepare(plan);
    placement.adopt("p");
    assert.deepEqual(find(bar), { type: "own" });
    const departure = placement.depart(nuts, "m");
    assert.deepEqual(find(bar), { type: "departing", departure });
    departure?.release();
    assert.deepEqual(find(bar), { type: "own" });
  });

  test("by a new table this node: the former owner until all has moved, unless it has been asked", async () => {
    const { placement, find } = await placed(bar);
    placement.prepare(plan);
    assert.deepEqual(find(foo), { type: "node", node: foo });
    placement.adopt("p");
    assert.deepEqual(find(bar), { type: "node", node: foo });
    const { version } = placement;
    assert.deepEqual(find(bar, baz, bar, foo), { type: "own" });
    // What is still on its way there and back is not to be overtaken.
    assert.notEqual(placement.version, version);
    placement.commit("p");
    assert.deepEqual(find(bar), { type: "own" });
  });

  test("former owners are those by the tables of all nodes: a table may have been put on one alone", async () => {
    const { placement, find } = await placed(bar);
    placement.prepare({ ...plan, previous: [NEW, OLD, tableOf("a-z=baz@lab")] });
    assert.deepEqual(find(foo, foo), { type: "node", node: baz });
    placement.adopt("p");
    assert.deepEqual(find(bar), { type: "node", node: foo });
    assert.deepEqual(find(bar, foo), { type: "node", node: baz });
    assert.deepEqual(find(bar, foo, bar, baz), { type: "own" });
  });

  test("a former owner that holds it no more asks the others before it sends the request back", async () => {
    const { placement, find } = await placed(foo);
    placement.prepare({ ...plan, previous: [OLD, tableOf("a-z=baz@lab")] });
    placement.adopt("p");
    assert.deepEqual(find(bar, bar), { type: "node", node: baz });
    assert.deepEqual(find(bar, bar, baz), { type: "node", node: bar });
  });

  test("by a table that is only prepared this node: this node, for who goes by it already", async () => {
    const { placement, find } = await placed(bar);
    placement.prepare(plan);
    assert.deepEqual(find(foo, foo), { type: "own" });
    assert.deepEqual(find(foo, baz), { type: "node", node: foo });
  });
});

suite("Placement, its table", () => {
  test("is the applied one after a start, whatever the configuration says, until another is put", async () => {
    const { placement, store } = await placed();
    placement.prepare(plan);
    assert.equal(placement.table, OLD);
    placement.adopt("p");
    placement.commit("p");
    const again = await placed(foo, store);
    assert.deepEqual(again.placement.table, NEW);
    assert.equal(again.placement.tables().origin, "applied");
    again.configured.table = tableOf("a-z=baz@lab");
    assert.equal(again.placement.table, again.configured.table);
    assert.equal(again.placement.tables().origin, "put");
  });

  test("is the applied one still when another plan is abandoned", async () => {
    const { placement, store } = await placed();
    placement.prepare(plan);
    placement.adopt("p");
    placement.commit("p");
    placement.prepare({ ...plan, planId: "q", next: OLD });
    placement.abandon("q");
    const again = await placed(foo, store);
    assert.deepEqual(again.placement.table, NEW);
  });

  test("takes one plan at a time, and no step out of order", async () => {
    const { placement } = await placed();
    assert.equal(outcome(placement.adopt("p")), "refused");
    assert.equal(outcome(placement.prepare(plan)), "done");
    assert.equal(outcome(placement.prepare({ ...plan, planId: "q" })), "refused");
    assert.equal(outcome(placement.commit("p")), "refused");
    assert.equal(outcome(placement.adopt("p")), "done");
    assert.equal(outcome(placement.abandon("p")), "refused");
    for (const again of [placement.prepare(plan), placement.adopt("p"), placement.commit("p")]) {
      assert.equal(outcome(again), "done");
    }
    assert.equal(outcome(placement.prepare({ ...plan, planId: "q" })), "done");
  });
});

suite("Placement, a move", () => {
  test("never writes over a bucket that is served here", async () => {
    const { placement, store } = await placed(bar);
    store.createBucket(nuts);
    const begun = placement.arrivals.begin(arrival);
    assert.equal("outcome" in begun && begun.outcome.type, "refused");
    assert.equal(store.describeBucket(nuts).outcome.type, "found");
  });

  test("goes on where it was after a start: what was given away, what is arriving", async () => {
    const { placement, store } = await placed();
    store.createBucket(nuts);
    const departure = placement.depart(nuts, "m");
    departure?.hold();
    await departure?.complete(bar, "p");
    placement.arrivals.begin({ ...arrival, bucket: bucketNamed("rice"), from: baz });
    const again = await placed(foo, store);
    assert.deepEqual(again.find(foo), { type: "node", node: bar, activates: "m" });
    assert.deepEqual(
      Array.from(again.placement.moved(), ({ to, isConfirmed }) => [to, isConfirmed]),
      [[bar, false]],
    );
    assert.equal(again.placement.isServed(bucketNamed("rice")), false);
    const { keys: inAll } = store.statistics();
    assert.deepEqual(again.placement.hiddenIn(store), { buckets: 3, keys: inAll });
    store.put(bucketNamed("figs"), [{ key: nuts, value: nuts }], { createsBucket: true });
    assert.deepEqual(again.placement.hiddenIn(store), { buckets: 3, keys: inAll });
  });

  test("leaves nothing of a bucket that was given away for good when the process ended before", async () => {
    const { placement, store } = await placed();
    store.createBucket(nuts);
    const departure = placement.depart(nuts, "m");
    departure?.hold();
    await departure?.complete(bar, "p");
    await placement.confirm(nuts, "m");
    store.createBucket(nuts);
    await placed(foo, store);
    assert.equal(store.describeBucket(nuts).outcome.type, "no-bucket");
  });

  test("brings a bucket back: it is served here again, also after a start", async () => {
    const { placement, store, find } = await placed();
    store.createBucket(nuts);
    const departure = placement.depart(nuts, "m");
    departure?.hold();
    await departure?.complete(bar, "p");
    placement.arrivals.begin({ ...arrival, from: bar, moveId: "back" });
    // The first move is confirmed late: that must not take the copy that has come since.
    await placement.confirm(nuts, "m");
    placement.arrivals.add({
      bucket: nuts,
      moveId: "back",
      fields: [{ ...field, expiresAtMs: undefined }],
      deletedKeys: [],
    });
    placement.arrivals.activate(nuts, "back");
    await placement.confirm(nuts, "m");
    assert.deepEqual(find(bar), { type: "own" });
    const again = await placed(foo, store);
    assert.deepEqual(again.find(bar), { type: "own" });
    assert.equal(store.get(nuts, field.key).outcome.type, "found");
  });

  test("keeps the lifetime and the time of a transient bucket, and gives higher revisions", async () => {
    const { placement, store } = await placed(bar);
    placement.arrivals.begin({ ...arrival, lifetime: "transient", expiresAtMs: 500 });
    const fields = [{ ...field, expiresAtMs: undefined }];
    placement.arrivals.add({ bucket: nuts, moveId: "m", fields, deletedKeys: [] });
    placement.arrivals.activate(nuts, "m");
    const { outcome: found } = store.describeBucket(nuts);
    assert.ok(found.type === "found");
    assert.deepEqual([found.lifetime, found.expiresAtMs], ["transient", 500]);
    assert.ok(Number(found.revision) > 1_000);
  });

  test("drops half copies when all has moved", async () => {
    const { placement, store } = await placed(bar);
    placement.prepare(plan);
    placement.adopt("p");
    placement.arrivals.begin(arrival);
    placement.commit("p");
    assert.equal(store.describeBucket(nuts).outcome.type, "no-bucket");
    assert.equal(placement.isQuiet, true);
  });
});
