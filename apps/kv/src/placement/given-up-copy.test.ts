import assert from "node:assert/strict";
import { test } from "node:test";
import { type NodeName, parseCompleteName } from "@kv/cluster";
import { MemoryStore, type Revision } from "@kv/storage";
import { ownLister } from "../own-lister.ts";
import { brandRevision, bucketNamed } from "../remote/testing/any-part.ts";
import { Placement } from "./placement.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];
const bucket = bucketNamed("apples");
const revision: Revision = brandRevision(7);

test("a copy that was given up is not said to be served: its source keeps the bucket", () => {
  const store = new MemoryStore({ clock: () => 0 });
  const placement = placementOf(bar, store);
  const move = { bucket, from: foo, moveId: "m" } as const;
  const begun = placement.arrivals.begin({
    ...move,
    lifetime: "kept",
    expiresAtMs: undefined,
    revisionFloor: revision,
  });
  assert.equal(begun.outcome.type, "taken");
  // What foo sends on itself shows that it does not hold the bucket.
  placement.find(bucket, { owner: bar, hops: [foo], store });
  assert.equal(placement.arrivals.activate(bucket, "m").outcome.type, "refused");
});

test("a listing asks for what was given away as clients do, who tell the new owner first that it is that", async () => {
  const store = new MemoryStore({ clock: () => 0 });
  const asked: string[] = [];
  const lister = ownLister({
    self: foo,
    store: () => store,
    placement: {
      hiddenIn: () => ({ buckets: 0, keys: 0 }),
      isServed: () => true,
      leftUnderPlan: () => [{ bucket, to: bar }],
    },
    ask: {
      describeBucket: (name) => {
        asked.push(Buffer.from(name).toString());
        const found = { type: "found", revision, keys: 1, expiresAtMs: undefined } as const;
        return { outcome: { ...found, lifetime: "kept" }, durable: undefined };
      },
    },
  });
  const { outcome } = await lister.listBuckets();
  assert.deepEqual(asked, ["apples"]);
  assert.equal(outcome.page.entries.length, 1);
});

function placementOf(self: NodeName, store: MemoryStore): Placement {
  return new Placement({
    reader: { self, host: "lab" },
    configured: () => [],
    store: () => store,
    activate: () => {},
  });
}

function nodeNamed(text: string): NodeName {
  const name = parseCompleteName(text);
  assert.ok(name !== undefined);
  return name;
}
