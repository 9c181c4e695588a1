import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MemoryStore, type Store } from "@kv/storage";
import { isKvError } from "./errors.ts";
import type { Kv } from "./kv.ts";
import { RequestDecoder } from "./remote/codec/decode-request.ts";
import { type Hops, hopsWith, NO_HOPS } from "./remote/hops.ts";
import { Later } from "./remote/later.ts";
import type { RemoteRequest } from "./remote/request.ts";
import type { RemoteResponse } from "./remote/response.ts";
import { bucketNamed, brandCursor, brandRevision, nodeNamed } from "./remote/testing/any-part.ts";
import { encodedResponse } from "./remote/testing/encoded.ts";
import { linkError, ScriptedLink, type WrittenCall } from "./remote/testing/scripted-link.ts";
import { createRouter, type Router } from "./router.ts";
import type { RoutingTable } from "./routing-table.ts";
import { parseRoutingText } from "./routing-text.ts";

const [foo, bar, baz] = [nodeNamed("foo@lab"), nodeNamed("bar@lab"), nodeNamed("baz@lab")];
const [apples, shopping] = [bucketNamed("apples"), bucketNamed("shopping")];
const key = Uint8Array.of(0x6b);
const fields = [{ key, value: Uint8Array.of(1, 2) }];
const revision = brandRevision(4);

/** Every operation on one bucket. */
const OPERATIONS: readonly (readonly [RemoteRequest["type"], (kv: Kv) => unknown])[] = [
  ["create-bucket", (kv) => kv.createBucket(shopping)],
  ["drop-bucket", (kv) => kv.dropBucket(shopping)],
  ["describe-bucket", (kv) => kv.describeBucket(shopping)],
  ["get", (kv) => kv.get(shopping, key)],
  ["describe-key", (kv) => kv.describeKey(shopping, key)],
  ["put", (kv) => kv.put(shopping, fields)],
  ["delete", (kv) => kv.delete(shopping, [key])],
  ["expire", (kv) => kv.expire(shopping, key, 9)],
  ["list-keys", (kv) => kv.listKeys(shopping)],
];

suite("a request for another node's bucket", () => {
  for (const [operation, ask] of OPERATIONS) {
    test(`goes to the owner that the table names: ${operation}`, () => {
      const { router, link } = foosRouter("a-m=foo,n-z=bar");
      assert.ok(ask(router) instanceof Later);
      const { node, call, payload } = link.latest;
      assert.deepEqual([node, call.deadlineMs], [bar, 100 + 5000]);
      const request = decoded(payload);
      assert.deepEqual([request?.type, request?.hops.nodes], [operation, [foo]]);
    });
  }

  test("is answered by what the owner answers", async () => {
    const { router, link } = foosRouter("a-z=bar");
    const got = router.get(shopping, key);
    const value = Uint8Array.of(7);
    answer(link.latest, { type: "found", value, revision, expiresAtMs: undefined });
    const { outcome, durable } = await got;
    assert.equal(outcome.type === "found" && outcome.value[0], 7);
    assert.equal(durable, undefined);
  });

  test("fails as the link says it", async () => {
    const { router, link } = foosRouter("a-z=bar");
    const got = Promise.resolve(router.get(shopping, key));
    link.latest.call.failed(linkError("CLUSTER_NO_CONNECTION"));
    await assert.rejects(got, { code: "KV_NO_CONNECTION", message: "no connection to bar@lab" });
  });

  test("is never read at once, nor where the table has no entry", () => {
    const { router, link } = foosRouter("a-z=bar");
    const place = { bucket: shopping, bytes: key, start: 0, end: 1 };
    assert.equal(
      router.read(place, () => assert.fail("nothing is there")),
      undefined,
    );
    assert.deepEqual(link.calls, []);
  });

  test("goes by the table in force, whose change is another epoch", () => {
    const { router, link, use } = foosRouter("a-z=bar");
    const before = router.epoch();
    void router.get(shopping, key);
    assert.equal(router.epoch(), before);
    use("a-z=baz");
    assert.notEqual(router.epoch(), before);
    void router.get(shopping, key);
    assert.deepEqual(
      link.calls.map(({ node }) => node),
      [bar, baz],
    );
  });

  test("waits as long as is configured at that moment", () => {
    const scene = foosRouter("a-z=bar");
    scene.timeoutMs = 20;
    void scene.router.get(shopping, key);
    assert.equal(scene.link.latest.call.deadlineMs, 120);
  });
});

suite("a request that another node has passed on", () => {
  const fromBaz: Hops = hopsWith(NO_HOPS, baz);

  test("is served by this node's store when its own table names it", async () => {
    const { router } = foosRouter("a-z=self");
    const { outcome } = await router
      .serving({ hops: fromBaz, timeoutMs: 50 })
      .createBucket(shopping);
    assert.equal(outcome.type, "created");
  });

  test("goes on by this node's own table, with its hops and what is left of its time", () => {
    const { router, link } = foosRouter("a-z=bar");
    void router.serving({ hops: fromBaz, timeoutMs: 50 }).get(shopping, key);
    const { node, call, payload } = link.latest;
    assert.deepEqual([node, call.deadlineMs], [bar, 150]);
    assert.deepEqual(decoded(payload)?.hops.nodes, [baz, foo]);
  });

  test("is a loop, whose path is told, when this node would pass it on again", () => {
    const { router, link } = foosRouter("a-z=bar");
    const hops = [foo, bar].reduce(hopsWith, NO_HOPS);
    assert.throws(
      () => router.serving({ hops, timeoutMs: 50 }).get(shopping, key),
      (error) =>
        isKvError(error, "KV_ROUTING_LOOP") &&
        error.message === "routing loop: foo@lab -> bar@lab -> foo@lab",
    );
    assert.deepEqual(link.calls, []);
  });

  test("goes on from a node that it comes back to, if that knows another way by now", () => {
    const { router, link } = foosRouter("a-z=baz");
    const hops = [foo, bar].reduce(hopsWith, NO_HOPS);
    void router.serving({ hops, timeoutMs: 50 }).get(shopping, key);
    assert.equal(link.latest.node, baz);
    assert.deepEqual(decoded(link.latest.payload)?.hops.nodes, [foo, bar, foo]);
    const around = [foo, baz, bar].reduce(hopsWith, NO_HOPS);
    assert.throws(
      () => router.serving({ hops: around, timeoutMs: 50 }).get(shopping, key),
      (error) => isKvError(error, "KV_ROUTING_LOOP"),
    );
  });

  test("is no loop where this node holds the bucket", async () => {
    const { router, use } = foosRouter("a-z=self");
    await router.createBucket(shopping);
    use("a-z=bar");
    const hops = [foo, bar].reduce(hopsWith, NO_HOPS);
    const got = await router.serving({ hops, timeoutMs: 50 }).get(shopping, key);
    assert.equal(got.outcome.type, "missing");
  });

  test("goes no further than eight hops", () => {
    const { router } = foosRouter("a-z=bar");
    const hops = Array.from({ length: 8 }, (_, index) => nodeNamed(`n${index}`)).reduce(
      hopsWith,
      NO_HOPS,
    );
    assert.throws(
      () => router.serving({ hops, timeoutMs: 50 }).get(shopping, key),
      (error) => isKvError(error, "KV_TOO_MANY_HOPS"),
    );
  });

  test("for a listing or a count is about this node's buckets alone", async () => {
    const { router, link } = foosRouter("a-m=self,n-z=bar");
    await router.createBucket(apples);
    const serving = router.serving({ hops: fromBaz, timeoutMs: 50 });
    assert.equal((await serving.countBuckets()).outcome.buckets, 1);
    assert.equal((await serving.listBuckets()).outcome.page.entries.length, 1);
    assert.deepEqual(link.calls, []);
  });
});

suite("a node that stores nothing", () => {
  test("asks the owners, and has no buckets to tell others of", async () => {
    const { router, link } = foosRouter("n-z=bar", "none");
    void router.get(shopping, key);
    assert.equal(link.latest.node, bar);
    const serving = router.serving({ hops: NO_HOPS, timeoutMs: 50 });
    assert.equal((await serving.countBuckets()).outcome.buckets, 0);
    assert.deepEqual((await serving.listBuckets()).outcome.page, { entries: [], next: undefined });
    assert.throws(
      () => router.get(apples, key),
      (error) => isKvError(error, "KV_NO_ROUTE"),
    );
  });
});

suite("the buckets of all nodes", () => {
  test("are listed node by node, each with its own cursors", async () => {
    const { router, link } = foosRouter("a-m=self,n-z=bar");
    await router.createBucket(apples);
    const own = await router.listBuckets({ limit: 10 });
    assert.deepEqual(namesOf(own.outcome.page.entries), ["apples"]);
    const first = router.listBuckets({ cursor: own.outcome.page.next, limit: 10 });
    assert.deepEqual(decoded(link.latest.payload), listRequest(undefined, 10));
    answer(link.latest, page(["shopping"], "17"));
    const { outcome: second } = await first;
    assert.deepEqual(namesOf(second.page.entries), ["shopping"]);
    const last = router.listBuckets({ cursor: second.page.next });
    assert.deepEqual(decoded(link.latest.payload), listRequest("17", undefined));
    answer(link.latest, page(["tools"], undefined));
    const { outcome: third } = await last;
    assert.deepEqual(
      [namesOf(third.page.entries), third.page.next, link.calls.length],
      [["tools"], undefined, 2],
    );
  });

  test("are listed on where they were when the table changes", async () => {
    const { router, link, use } = foosRouter("a-m=baz,n-z=bar");
    const { outcome: own } = await router.listBuckets();
    use("a-z=bar");
    // The cursor names baz, which has no buckets any more; bar comes behind it.
    void router.listBuckets({ cursor: own.page.next });
    assert.equal(link.latest.node, bar);
    use("a-z=bar,A-Z=baz");
    void router.listBuckets({ cursor: own.page.next });
    assert.equal(link.latest.node, baz);
  });

  test("have a cursor that is a whole number, and nothing else is one", async () => {
    const { router } = foosRouter("a-m=self,n-z=bar");
    const { outcome } = await router.listBuckets();
    assert.match(String(outcome.page.next), /^[1-9]\d*$/u);
    assert.throws(() => router.listBuckets({ cursor: brandCursor("x") }), {
      code: "STORAGE_CURSOR",
    });
  });

  test("are counted at all of them", async () => {
    const { router, link } = foosRouter("a-m=self,n-s=bar,t-z=baz");
    await router.createBucket(apples);
    const counted = router.countBuckets();
    const [one, two] = link.calls;
    assert.ok(one !== undefined && two !== undefined);
    answer(two, { type: "counted", buckets: 20 });
    answer(one, { type: "counted", buckets: 300 });
    assert.equal((await counted).outcome.buckets, 321);
  });

  test("are an error, and no short list or count, when a node does not answer", async () => {
    const { router, link } = foosRouter("a-m=self,n-z=bar");
    const counted = Promise.resolve(router.countBuckets());
    link.latest.call.failed(linkError("CLUSTER_NO_CONNECTION"));
    await assert.rejects(counted, { code: "KV_NO_CONNECTION" });
    const { outcome } = await router.listBuckets();
    const next = Promise.resolve(router.listBuckets({ cursor: outcome.page.next }));
    link.latest.call.failed(linkError("CLUSTER_NO_CONNECTION"));
    await assert.rejects(next, { code: "KV_NO_CONNECTION" });
  });

  test("are this node's alone when the table names no other", async () => {
    const { router } = foosRouter("a-z=self");
    await router.createBucket(apples);
    const { outcome } = await router.listBuckets();
    assert.equal(outcome.page.next, undefined);
    const counted = router.countBuckets();
    assert.ok("outcome" in counted);
    assert.equal(counted.outcome.buckets, 1);
  });
});

interface Scene {
  readonly router: Router;
  readonly link: ScriptedLink;
  readonly use: (table: string) => void;
  timeoutMs: number;
}

function foosRouter(text: string, engine?: "none"): Scene {
  let table = tableOf(text);
  const store: Store | "none" = engine ?? new MemoryStore({ clock: () => 0 });
  const link = new ScriptedLink();
  const router = createRouter({
    reader: { self: foo, host: "lab" },
    table: () => table,
    store: () => store,
    remote: { caller: link, clock: () => 100, timeoutMs: () => scene.timeoutMs },
  });
  const scene: Scene = {
    router,
    link,
    use: (next) => {
      table = tableOf(next);
    },
    timeoutMs: 5000,
  };
  return scene;
}

function tableOf(text: string): RoutingTable {
  const parsed = parseRoutingText(text);
  assert.equal(parsed.type, "table");
  return parsed.table;
}

function decoded(payload: Uint8Array): RemoteRequest | undefined {
  return new RequestDecoder().decode(payload);
}

function answer({ call, payload }: WrittenCall, response: RemoteResponse): void {
  const type = decoded(payload)?.type;
  assert.ok(type !== undefined);
  call.answered(encodedResponse(type, response));
}

function listRequest(cursor: string | undefined, limit: number | undefined): object {
  return {
    type: "list-buckets",
    hops: hopsWith(NO_HOPS, foo),
    cursor: cursor === undefined ? undefined : brandCursor(cursor),
    limit,
  };
}

function page(names: readonly string[], next: string | undefined): RemoteResponse {
  return {
    type: "listed",
    page: {
      entries: names.map((name) => ({
        bucket: bucketNamed(name),
        revision,
        expiresAtMs: undefined,
        lifetime: "kept",
      })),
      next: next === undefined ? undefined : brandCursor(next),
    },
  };
}

function namesOf(entries: readonly { readonly bucket: Uint8Array }[]): readonly string[] {
  return entries.map(({ bucket }) => Buffer.from(bucket).toString());
}
