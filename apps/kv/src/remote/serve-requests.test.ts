import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cursor, MemoryStore, StorageError } from "@kv/storage";
import { KvError } from "../errors.ts";
import { hopsWith, NO_HOPS } from "./hops.ts";
import { Later } from "./later.ts";
import type { RemoteRequest } from "./request.ts";
import type { RemoteOutcomes } from "./response.ts";
import { RequestServer } from "./serve-requests.ts";
import type { ServingMoves } from "./serving-moves.ts";
import type { ServingBuckets } from "./serving-router.ts";
import { bucketNamed, brandRevision, nodeNamed } from "./testing/any-part.ts";
import { noMoves } from "./testing/no-moves.ts";
import { plainBytes } from "./testing/plain-bytes.ts";
import { ReceivedCall } from "./testing/received-call.ts";
import { ServingStore } from "./testing/serving-store.ts";

const [foo, bar, baz] = [nodeNamed("foo@lab"), nodeNamed("bar@lab"), nodeNamed("baz@lab")];
const hops = hopsWith(NO_HOPS, foo);
const bucket = bucketNamed("shopping");
const key = Uint8Array.of(0x6b);
const value = Uint8Array.of(1, 2);
const revision = brandRevision(7);
const create: RemoteRequest = { type: "create-bucket", hops, bucket };
const put: RemoteRequest = {
  type: "put",
  hops,
  bucket,
  fields: [{ key, value }],
  createsBucket: true,
};
const get: RemoteRequest = { type: "get", hops, bucket, key };
const stored: RemoteOutcomes["put"] = { type: "stored", revision, added: 1 };
const diskError = new StorageError("STORAGE_WRITE_UNKNOWN", { path: "/data", reason: "EIO" });

/** A server for a MemoryStore, or for what is in `others` instead. */
function serving(others?: Partial<ServingBuckets>, moves?: Partial<ServingMoves>) {
  const bugs: unknown[] = [];
  const router = new ServingStore(bar, new MemoryStore({ clock: () => 0 }), others);
  const answerLimitBytes = 1024;
  const server = new RequestServer({
    router,
    moves: { ...noMoves, ...moves },
    nowMs: () => 0,
    answerLimitBytes,
    onBug: (error) => void bugs.push(error),
  });
  return {
    router,
    bugs,
    serve: (request: RemoteRequest, change: Partial<ReceivedCall> = {}) => {
      const call = Object.assign(new ReceivedCall(request), change);
      server.serve(call);
      return call;
    },
  };
}

/** What is told of a failure at the other end. */
function codesOf({ responses }: ReceivedCall): readonly unknown[] {
  return responses.map((response) => (response instanceof Error ? response.code : response));
}

function messagesOf({ responses }: ReceivedCall): readonly unknown[] {
  return responses.map((response) => (response instanceof Error ? response.message : response));
}

test("RequestServer answers at once what is there and rests on nothing", () => {
  const { serve } = serving();
  assert.deepEqual(codesOf(serve(get)), [{ type: "no-bucket" }]);
  assert.equal(serve(put).responses.length, 1);
  const [found] = serve(get).responses;
  assert.ok(found !== undefined && "value" in found);
  assert.deepEqual(plainBytes(found.value), value);
  assert.deepEqual(serve({ type: "count-buckets", hops }).responses, [
    { type: "counted", buckets: 1 },
  ]);
});

test("RequestServer tells its router how a request came", () => {
  const { serve, router } = serving();
  const further = hopsWith(hops, baz);
  serve({ ...get, hops: further }, { remainingMs: 17 });
  assert.deepEqual(router.passages, [{ hops: further, timeoutMs: 17 }]);
});

test("RequestServer holds what rests on a group until that is durable, and listens to it once", async (t) => {
  const group = Promise.withResolvers<void>();
  const { mock } = t.mock.method(group.promise, "then");
  const { serve } = serving({
    put: () => ({ outcome: stored, durable: group.promise }),
    get: () => ({ outcome: { type: "missing" }, durable: group.promise }),
  });
  const writes = Array.from({ length: 50 }, () => serve(put));
  const read = serve(get);
  assert.ok([...writes, read].every(({ responses }) => responses.length === 0));
  assert.equal(mock.callCount(), 1);
  group.resolve();
  await Promise.resolve();
  for (const write of writes) assert.deepEqual(write.responses, [stored]);
  assert.deepEqual(read.responses, [{ type: "missing" }]);
});

test("RequestServer answers each request of a group that failed with that", async () => {
  const group = Promise.withResolvers<void>();
  const { serve, bugs } = serving({ put: () => ({ outcome: stored, durable: group.promise }) });
  const writes = [serve(put), serve(put)];
  group.reject(diskError);
  await Promise.resolve();
  for (const write of writes) assert.deepEqual(codesOf(write), ["STORAGE_WRITE_UNKNOWN"]);
  assert.deepEqual(bugs, []);
});

test("RequestServer waits for an outcome that is promised, and for the group that it rests on", async () => {
  const group = Promise.withResolvers<void>();
  const { serve } = serving({ put: async () => ({ outcome: stored, durable: group.promise }) });
  const write = serve(put);
  await settled();
  assert.deepEqual(write.responses, []);
  group.resolve();
  await settled();
  assert.deepEqual(write.responses, [stored]);
});

test("RequestServer waits for an outcome that comes later, without a promise", () => {
  const later = new Later<RemoteOutcomes["put"]>();
  const { serve } = serving({ put: () => later });
  const write = serve(put);
  assert.deepEqual(write.responses, []);
  later.answer({ outcome: stored, durable: undefined });
  assert.deepEqual(write.responses, [stored]);
});

test("RequestServer answers with the failure, however it comes", async () => {
  const failure = new KvError("KV_NO_CONNECTION", { node: baz });
  const failed = new Later<RemoteOutcomes["put"]>();
  failed.fail(failure);
  const ways: readonly ServingBuckets["put"][] = [
    () => {
      throw failure;
    },
    async () => {
      throw failure;
    },
    () => failed,
  ];
  for (const way of ways) {
    const { serve, bugs } = serving({ put: way });
    const write = serve(put);
    await settled();
    assert.deepEqual(messagesOf(write), ["no connection to baz@lab"]);
    assert.deepEqual(bugs, []);
  }
});

test("RequestServer reports a bug, and tells the other node no more than that there was one", async () => {
  const bug = new TypeError("a secret of this node");
  const ways: readonly (() => Promise<never> | Later<never>)[] = [
    () => {
      throw bug;
    },
    async () => {
      throw bug;
    },
    () => {
      const failed = new Later<never>();
      failed.fail(bug);
      return failed;
    },
  ];
  for (const way of ways) {
    const { serve, bugs } = serving({ put: way, get: way });
    const write = serve(put);
    const read = serve(get);
    await settled();
    assert.deepEqual(messagesOf(write), [
      "bar@lab failed at the request; the write may have been applied",
    ]);
    assert.deepEqual(messagesOf(read), ["bar@lab failed at the request"]);
    assert.deepEqual(bugs, [bug, bug]);
  }
});

test("RequestServer takes an outcome that cannot be sent for a bug", () => {
  const { serve, bugs } = serving({
    put: () => ({ outcome: { ...stored, revision: brandRevision(0.5) }, durable: undefined }),
  });
  assert.deepEqual(codesOf(serve(put)), ["KV_NODE_FAILED"]);
  assert.ok(bugs.length === 1 && bugs[0] instanceof RangeError);
});

test("RequestServer does not begin a request whose time is over", () => {
  const { serve, router } = serving();
  for (const remainingMs of [0, -1]) {
    const late = serve(create, { remainingMs });
    assert.deepEqual(messagesOf(late), ["the request reached bar@lab too late"]);
  }
  assert.deepEqual(router.passages, []);
  assert.equal(codesOf(serve(create, { remainingMs: 1 })).length, 1);
  assert.equal(router.passages.length, 1);
});

test("RequestServer refuses bytes that are no request", () => {
  const { serve, router } = serving();
  for (const payload of [new Uint8Array(), Uint8Array.of(99), Uint8Array.of(4, 0, 0, 1)]) {
    const answered = serve(get, { payload });
    assert.deepEqual(messagesOf(answered), ["bar@lab did not understand the request"]);
  }
  assert.deepEqual(router.passages, []);
});

test("RequestServer leaves it to the router whether a request goes in a loop", () => {
  const around = [bar, baz].reduce(hopsWith, hops);
  const loop = new KvError("KV_ROUTING_LOOP", { path: [...around.nodes, bar] });
  const { serve, router } = serving({
    put: () => {
      throw loop;
    },
  });
  const looped = serve({ ...put, hops: around });
  assert.deepEqual(codesOf(looped), ["KV_ROUTING_LOOP"]);
  assert.deepEqual(messagesOf(looped), ["routing loop: foo@lab -> bar@lab -> baz@lab -> bar@lab"]);
  assert.deepEqual(router.passages[0]?.hops.nodes, around.nodes);
});

test("RequestServer answers nobody who is gone, at once or later", async () => {
  const group = Promise.withResolvers<void>();
  const { serve, bugs } = serving({ put: () => ({ outcome: stored, durable: group.promise }) });
  assert.deepEqual(serve(get, { isGone: true }).responses, []);
  const write = serve(put);
  write.isGone = true;
  group.resolve();
  await settled();
  assert.deepEqual([write.responses, bugs], [[], []]);
});

test("RequestServer cuts the pages of a listing until they fit an answer, and misses nothing", () => {
  const { serve } = serving();
  const keys = Array.from({ length: 100 }, (_, number) => new Uint8Array(300).fill(number));
  serve({ ...put, fields: keys.map((each) => ({ key: each, value })) });
  const listed: unknown[] = [];
  let cursor: Cursor | undefined;
  do {
    const request = { type: "list-keys", hops, bucket, cursor, limit: undefined } as const;
    const [page, ...more] = serve(request).responses;
    assert.ok(page !== undefined && "page" in page && more.length === 0);
    assert.ok(page.page.entries.length >= 1 && page.page.entries.length <= 3);
    listed.push(...page.page.entries.map((entry) => ("key" in entry ? entry.key[0] : undefined)));
    cursor = page.page.next;
  } while (cursor !== undefined);
  assert.equal(listed.length, keys.length);
  assert.deepEqual(new Set(listed), new Set(keys.map(([first]) => first)));
});

test("RequestServer keeps the bucket of a page that it asks for again in a later turn", async () => {
  const asked: unknown[] = [];
  const { serve } = serving({
    listKeys: async (named, { limit = 1000 } = {}) => {
      asked.push([Buffer.from(named).toString(), limit]);
      const entry = { key: new Uint8Array(600), revision, expiresAtMs: undefined };
      const page = { entries: Array.from({ length: limit }, () => entry), next: undefined };
      return { outcome: { type: "listed", page }, durable: undefined };
    },
  });
  const call = serve({ type: "list-keys", hops, bucket, cursor: undefined, limit: 5 });
  call.payload.fill(0xee);
  await settled();
  assert.deepEqual(asked, [
    ["shopping", 5],
    ["shopping", 2],
    ["shopping", 1],
  ]);
  assert.equal(call.responses.length, 1);
});

test("RequestServer sends an answer of just as many bytes as a link takes", () => {
  const { serve } = serving();
  // Its kind, its revision, no time, and its length are before a value.
  const longest = new Uint8Array(1024 - 1 - 9 - 1 - 4);
  serve({ ...put, fields: [{ key, value: longest }] });
  const [found] = serve(get).responses;
  assert.ok(found !== undefined && "value" in found && found.value.length === longest.length);
  serve({ ...put, fields: [{ key, value: new Uint8Array(longest.length + 1) }] });
  assert.deepEqual(codesOf(serve(get)), ["KV_ANSWER_TOO_LARGE"]);
});

test("RequestServer says so when an answer is too large, and cannot be cut", () => {
  const { serve } = serving();
  serve({ ...put, fields: [{ key, value: new Uint8Array(1024) }] });
  const read = serve(get);
  assert.deepEqual(messagesOf(read), ["the answer of bar@lab is too large to be sent"]);
  const garden = bucketNamed("garden");
  serve({ ...put, bucket: garden, fields: [{ key: new Uint8Array(2000), value }] });
  const listing = serve({ type: "list-keys", hops, bucket: garden, cursor: undefined, limit: 2 });
  assert.deepEqual(codesOf(listing), ["KV_ANSWER_TOO_LARGE"]);
});

test("RequestServer performs what it is asked when nobody waits for it any more: it was begun", () => {
  const { serve } = serving();
  serve(create, { isGone: true });
  assert.deepEqual(serve({ type: "count-buckets", hops }).responses, [
    { type: "counted", buckets: 1 },
  ]);
});

/** Everything that only waited for promises has happened. */
async function settled(): Promise<void> {
  await new Promise(setImmediate);
}
