import assert from "node:assert/strict";
import { test } from "node:test";
import { type NodeName, parseCompleteName } from "@kv/cluster";
import { MemoryStore } from "@kv/storage";
import { bucketNamed } from "../remote/testing/any-part.ts";
import { parseRoutingText } from "../routing-text.ts";
import { Placement } from "./placement.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];
const bucket = bucketNamed("apples");

test("a bucket that was given away and dropped there is made here again, when the table says so", async () => {
  const { placement, store } = await givenToBar();
  const about = { owner: foo, store };
  assert.deepEqual(placement.find(bucket, { ...about, hops: [] }), { type: "node", node: bar });
  // bar sends the request back, by the same table: it is asked whether it has the bucket no more.
  const claim = { type: "claim", asked: [bar] };
  assert.deepEqual(placement.find(bucket, { ...about, hops: [foo, bar] }), claim);
  placement.asked.claimed(bucket);
  assert.deepEqual(placement.find(bucket, { ...about, hops: [] }), { type: "own" });
  store.createBucket(bucket);
  assert.ok(placement.isServed(bucket));
  const again = placementOf(store);
  await again.load(store);
  assert.ok(again.isServed(bucket));
});

test("a request that was sent on before its node got the bucket does not make anybody forget who has it", async () => {
  const { placement, store } = await givenToBar();
  const late = { owner: undefined, store, hops: [bar] };
  assert.deepEqual(placement.find(bucket, late), { type: "claim", asked: [bar] });
  const about = { owner: foo, store, hops: [] };
  assert.deepEqual(placement.find(bucket, about), { type: "node", node: bar });
});

test("a bucket whose new owner has not confirmed it is that node's, whoever asks", async () => {
  const { placement, store } = await givenToBar({ isConfirmed: false });
  const about = { owner: foo, store };
  const place = placement.find(bucket, { ...about, hops: [foo, bar] });
  assert.deepEqual(place, { type: "node", node: bar, activates: "m" });
});

async function givenToBar({ isConfirmed = true } = {}): Promise<{
  readonly placement: Placement;
  readonly store: MemoryStore;
}> {
  const store = new MemoryStore({ clock: () => 0 });
  const placement = placementOf(store);
  store.createBucket(bucket);
  const departure = placement.depart(bucket, "m");
  departure?.hold();
  await departure?.complete(bar, "p");
  if (isConfirmed) await placement.confirm(bucket, "m");
  return { placement, store };
}

function placementOf(store: MemoryStore): Placement {
  const parsed = parseRoutingText("a-z=foo");
  assert.equal(parsed.type, "table");
  return new Placement({
    reader: { self: foo, host: "lab" },
    configured: () => parsed.table,
    store: () => store,
    activate: () => {},
  });
}

function nodeNamed(text: string): NodeName {
  const name = parseCompleteName(text);
  assert.ok(name !== undefined);
  return name;
}
