import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { parseNodeName } from "@kv/cluster";
import { MemoryStore } from "@kv/storage";
import { type BucketName, parseBucketName } from "./bucket-name.ts";
import { isKvError } from "./errors.ts";
import type { Kv } from "./kv.ts";
import { Crowd } from "./crowd.ts";
import { createNodeKv } from "./node-kv.ts";
import { ScriptedLink } from "./remote/testing/scripted-link.ts";
import { createRouter } from "./router.ts";
import type { RoutingTable } from "./routing-table.ts";
import { parseRoutingText } from "./routing-text.ts";

const key = Buffer.from("milk");
const fields = [{ key, value: Buffer.from("1") }];

test("createRouter() serves the buckets that the table gives to this node", async () => {
  const { router } = routed("a-m=self,n-z=kv@lab");
  for (const bucket of [named("apples"), named("shopping")]) {
    await router.createBucket(bucket);
    await router.put(bucket, fields);
    const { outcome } = await router.get(bucket, key);
    assert.equal(outcome.type, "found");
    assert.deepEqual(Buffer.from(outcome.value), Buffer.from("1"));
    const read = router.read(placeOf(bucket, key), (bytes, start, end) => {
      assert.deepEqual(Buffer.from(bytes.slice(start, end)), Buffer.from("1"));
    });
    assert.equal(read, "found");
    assert.equal((await router.delete(bucket, [key])).outcome.type, "deleted");
  }
});

test("createRouter() names the bucket for which the table has no entry", () => {
  const { router } = routed("a-m=self");
  for (const request of requestsFor(router, named("Shopping"))) {
    assert.throws(request, (error) => {
      assert.ok(isKvError(error, "KV_NO_ROUTE"));
      assert.equal(error.message, 'could not find entry for "Shopping" in the routing table');
      return true;
    });
  }
});

test("createRouter() goes by the table in force", async () => {
  const { router, use } = routed("");
  assert.throws(() => router.createBucket(named("shopping")));
  use("a-z=self");
  assert.equal((await router.createBucket(named("shopping"))).outcome.type, "created");
});

test("createRouter() hides no bucket that this node holds when the table changes", async () => {
  const { router, use } = routed("a-z=self");
  await router.createBucket(named("shopping"));
  await router.put(named("shopping"), fields);
  for (const table of ["a-z=bar", ""]) {
    use(table);
    assert.equal((await router.get(named("shopping"), key)).outcome.type, "found");
    assert.equal((await router.createBucket(named("shopping"))).outcome.type, "exists");
  }
  assert.throws(() => router.get(named("stock"), key));
});

test("createRouter() takes a put that may make its bucket where its creation would go", async () => {
  const { router, use, link } = routed("a-m=self,n-z=bar");
  const apples = named("apples");
  const options = { createsBucket: true };
  assert.equal((await router.put(apples, fields)).outcome.type, "no-bucket");
  assert.equal((await router.put(apples, fields, options)).outcome.type, "stored");
  const described = (await router.describeBucket(apples)).outcome;
  assert.equal(described.type === "found" && described.lifetime, "transient");
  void router.put(named("shopping"), fields, options);
  assert.equal(link.latest.node, "bar@lab");
  use("");
  assert.equal((await router.delete(apples, [key])).outcome.type, "deleted");
  assert.throws(
    () => router.put(apples, fields, options),
    (error) => isKvError(error, "KV_NO_ROUTE"),
  );
});

test("createRouter() says so while the store is not open", () => {
  const { router } = routed("a-z=self", { open: false });
  assert.throws(
    () => router.get(named("shopping"), key),
    (error) => isKvError(error, "KV_NO_STORE"),
  );
});

test("createRouter() lists, describes, lets expire and drops what this node holds", async () => {
  const { router, use } = routed("a-z=self");
  for (const bucket of [named("apples"), named("shopping")]) {
    await router.createBucket(bucket);
    await router.put(bucket, fields);
  }
  use("");
  const { outcome } = await router.listBuckets();
  const names = outcome.page.entries.map(({ bucket }) => Buffer.from(bucket).toString());
  assert.deepEqual(names.toSorted(), ["apples", "shopping"]);
  const shopping = named("shopping");
  const listed = (await router.listKeys(shopping)).outcome;
  assert.equal(listed.type === "listed" && listed.page.entries.length, 1);
  assert.equal((await router.expire(shopping, undefined, 5)).outcome.type, "updated");
  const described = (await router.describeBucket(shopping)).outcome;
  assert.equal(described.type === "found" && described.expiresAtMs, 5);
  assert.equal((await router.dropBucket(shopping)).outcome.type, "dropped");
  use("a-z=self");
  assert.equal((await router.describeBucket(shopping)).outcome.type, "no-bucket");
});

function placeOf(bucket: BucketName, bytes: Uint8Array): Parameters<Kv["read"]>[0] {
  return { bucket, bytes, start: 0, end: bytes.length };
}

function requestsFor(router: Kv, bucket: BucketName): readonly (() => unknown)[] {
  return [
    () => router.createBucket(bucket),
    () => router.get(bucket, key),
    () => router.read(placeOf(bucket, key), () => {}),
    () => router.put(bucket, fields),
    () => router.delete(bucket, [key]),
    () => router.dropBucket(bucket),
    () => router.expire(bucket, key, 1),
    () => router.listKeys(bucket),
    () => router.describeBucket(bucket),
  ];
}

function routed(text: string, { open } = { open: true }) {
  const store = open ? new MemoryStore({ clock: () => 0 }) : undefined;
  let table = tableOf(text);
  const self = parseNodeName("kv", "lab");
  assert.ok(self !== undefined);
  const link = new ScriptedLink();
  const router = createRouter({
    reader: { self, host: "lab" },
    table: () => table,
    store: () => store,
    remote: { caller: link, clock: () => 100, timeoutMs: () => 5000 },
  });
  return { router, link, use: (next: string) => (table = tableOf(next)) };
}

function tableOf(text: string): RoutingTable {
  const parsed = parseRoutingText(text);
  assert.equal(parsed.type, "table");
  return parsed.table;
}

function named(text: string): BucketName {
  const name = parseBucketName(Buffer.from(text));
  assert.ok(name !== undefined);
  return name;
}

const child = {
  crowd: new Crowd(),
  current: undefined,
  isWanted: true,
  opening: "",
  sync: undefined,
};

test("createRouter() and createNodeKv() make objects whose operations need no look-up in a table", () => {
  setFlagsFromString("--allow-natives-syntax");
  const isFast: unknown = runInThisContext("(value) => %HasFastProperties(value)");
  assert.ok(typeof isFast === "function");
  const { router } = routed("a-z=self");
  const care = { fences: undefined, cluster: undefined };
  assert.equal(isFast(router), true);
  assert.equal(isFast(createNodeKv(router, child, { care })), true);
  assert.equal(isFast(Object.assign(Object.create(null), { a: 1 })), false);
});

test("createRouter() is in another epoch when its table has changed, and so is who stands before it", () => {
  const { router, use } = routed("a-m=self");
  const node = createNodeKv(router, child, { care: {} });
  const before = router.epoch();
  assert.equal(router.epoch(), before);
  assert.equal(node.epoch(), before);
  use("a-z=self");
  assert.notEqual(router.epoch(), before);
  assert.equal(node.epoch(), router.epoch());
});
