import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { isStorageError, StorageError } from "@kv/storage";
import { isKvError, KvError } from "../errors.ts";
import { RequestDecoder } from "./codec/decode-request.ts";
import { hopsWith, NO_HOPS } from "./hops.ts";
import type { Later } from "./later.ts";
import { RemoteBuckets } from "./remote-buckets.ts";
import { RemoteNode } from "./remote-node.ts";
import { IS_WRITE, type RemoteRequest } from "./request.ts";
import type { RemoteResponse } from "./response.ts";
import { bucketNamed, brandCursor, brandRevision, nodeNamed } from "./testing/any-part.ts";
import { encodedResponse } from "./testing/encoded.ts";
import { plainBytes } from "./testing/plain-bytes.ts";
import { linkError, ScriptedLink } from "./testing/scripted-link.ts";

const bar = nodeNamed("bar@lab");
const hops = hopsWith(NO_HOPS, nodeNamed("foo@lab"));
const bucket = bucketNamed("shopping");
const key = Uint8Array.of(0x6b);
const value = Uint8Array.of(1, 2);
const fields = [{ key, value, expiresAtMs: 9, condition: { type: "absent" } as const }];
const revision = brandRevision(4);
const moved = [{ key, value, expiresAtMs: 9 }];
const move = { lifetime: "kept", expiresAtMs: undefined, revisionFloor: revision } as const;
const cursor = brandCursor("12");

type Call = readonly [
  call: (remote: RemoteBuckets, node: RemoteNode) => Later<object>,
  request: RemoteRequest,
  outcome: RemoteResponse,
];

/** Every operation, what is sent for it, and an outcome it may have. */
const CALLS: readonly Call[] = [
  [
    (remote) => remote.createBucket(bucket),
    { type: "create-bucket", hops, bucket },
    { type: "created", revision },
  ],
  [
    (remote) => remote.dropBucket(bucket),
    { type: "drop-bucket", hops, bucket },
    { type: "dropped", revision },
  ],
  [
    (remote) => remote.describeBucket(bucket),
    { type: "describe-bucket", hops, bucket },
    { type: "found", revision, keys: 3, expiresAtMs: undefined, lifetime: "kept" },
  ],
  [
    (remote) => remote.get(bucket, key),
    { type: "get", hops, bucket, key },
    { type: "found", value, revision, expiresAtMs: 5 },
  ],
  [
    (remote) => remote.describeKey(bucket, key),
    { type: "describe-key", hops, bucket, key },
    { type: "found", revision, expiresAtMs: 5, valueBytes: 2 },
  ],
  [
    (remote) => remote.put(bucket, fields),
    { type: "put", hops, bucket, fields, createsBucket: false },
    { type: "stored", revision, added: 1 },
  ],
  [
    (remote) => remote.put(bucket, fields, { createsBucket: true }),
    { type: "put", hops, bucket, fields, createsBucket: true },
    { type: "conflict", key, revision },
  ],
  [
    (remote) => remote.delete(bucket, [key]),
    { type: "delete", hops, bucket, keys: [key], condition: undefined },
    { type: "deleted", revision, removed: 1 },
  ],
  [
    (remote) => remote.delete(bucket, [key], { type: "revision", revision }),
    { type: "delete", hops, bucket, keys: [key], condition: { type: "revision", revision } },
    { type: "missing" },
  ],
  [
    (remote) => remote.expire(bucket, key, 7),
    { type: "expire", hops, bucket, key, expiresAtMs: 7, conditions: [] },
    { type: "updated", revision },
  ],
  [
    (remote) => remote.expire(bucket, undefined, { expiresAtMs: 7, conditions: ["if-none"] }),
    { type: "expire", hops, bucket, key: undefined, expiresAtMs: 7, conditions: ["if-none"] },
    { type: "unchanged" },
  ],
  [
    (remote) => remote.listBuckets(),
    { type: "list-buckets", hops, cursor: undefined, limit: undefined },
    { type: "listed", page: { entries: [], next: undefined } },
  ],
  [
    (remote) => remote.listKeys(bucket, { cursor, limit: 3 }),
    { type: "list-keys", hops, bucket, cursor, limit: 3 },
    { type: "listed", page: { entries: [{ key, revision, expiresAtMs: 2 }], next: cursor } },
  ],
  [
    (remote) => remote.countBuckets(),
    { type: "count-buckets", hops },
    { type: "counted", buckets: 6 },
  ],
  [
    (_, node) => node.beginMove({ bucket, moveId: "m", ...move }),
    { type: "move-begin", hops, bucket, moveId: "m", ...move },
    { type: "taken" },
  ],
  [
    (_, node) => node.moveFields({ bucket, moveId: "m", fields: moved, deletedKeys: [key] }),
    { type: "move-fields", hops, bucket, moveId: "m", fields: moved, deletedKeys: [key] },
    { type: "refused", reason: "another move" },
  ],
  [
    (_, node) => node.activateMove({ bucket, moveId: "m" }),
    { type: "move-activate", hops, bucket, moveId: "m" },
    { type: "taken" },
  ],
  [
    (_, node) => node.routing("{}"),
    { type: "routing", hops, text: "{}" },
    { type: "routing", text: "[]" },
  ],
];

function opened() {
  const link = new ScriptedLink();
  const route = { caller: link, clock: () => 1_000, node: bar, hops, timeoutMs: () => 5_000 };
  return { link, remote: new RemoteBuckets(route), asked: new RemoteNode(route) };
}

for (const [call, request, outcome] of CALLS) {
  const { type } = request;
  suite(`RemoteBuckets and RemoteNode, ${type}`, () => {
    test("sends the request before it returns, to its node, with its deadline", () => {
      const { link, remote, asked } = opened();
      call(remote, asked);
      assert.equal(link.calls.length, 1);
      const { node, payload, call: sent } = link.latest;
      assert.equal(node, bar);
      assert.deepEqual(new RequestDecoder().decode(payload), request);
      assert.deepEqual([sent.deadlineMs, sent.isWrite], [6_000, IS_WRITE[type]]);
    });

    test("answers with the outcome in the turn in which it comes, resting on nothing", () => {
      const { link, remote, asked } = opened();
      const later = call(remote, asked);
      assert.equal(later.isSettled, false);
      const payload = encodedResponse(type, outcome);
      link.latest.call.answered(payload);
      payload.fill(0xee);
      let told: unknown;
      later.whenSettled({ answered: (answer) => (told = answer), failed: assert.fail });
      assert.deepEqual(plainBytes(told), plainBytes({ outcome, durable: undefined }));
    });

    test("fails as the other node did", async () => {
      const { link, remote, asked } = opened();
      const noRoute = call(remote, asked);
      link.latest.call.answered(
        encodedResponse(type, new KvError("KV_NO_ROUTE", { bucket: '"S"' })),
      );
      await assert.rejects(
        async () => noRoute,
        (error) => isKvError(error, "KV_NO_ROUTE") && error.details.bucket === '"S"',
      );
      const unknown = call(remote, asked);
      const details = { path: "/data", reason: "EIO" };
      link.latest.call.answered(
        encodedResponse(type, new StorageError("STORAGE_WRITE_UNKNOWN", details)),
      );
      await assert.rejects(
        async () => unknown,
        (error) => isStorageError(error, "STORAGE_WRITE_UNKNOWN"),
      );
    });

    test("says what a client is told when there is no answer, and whether a write may have been applied", async () => {
      const suffix = IS_WRITE[type] ? "; the write may have been applied" : "";
      for (const [code, message] of [
        ["CLUSTER_NO_CONNECTION", "no connection to bar@lab"],
        ["CLUSTER_REFUSED", "as the link says it"],
        ["CLUSTER_NOT_ANSWERED", `bar@lab did not answer in 5000 ms${suffix}`],
        ["CLUSTER_CONNECTION_LOST", `the connection to bar@lab was lost${suffix}`],
        ["CLUSTER_CONGESTED", "too much waits to be sent to bar@lab"],
        ["CLUSTER_TOO_LARGE", "the request is too large to be sent to bar@lab"],
      ] as const) {
        const { link, remote, asked } = opened();
        const later = call(remote, asked);
        const cause = linkError(code);
        link.latest.call.failed(cause);
        await assert.rejects(
          async () => later,
          (error) => error instanceof KvError && error.message === message && error.cause === cause,
          code,
        );
      }
    });

    test("was surely not applied when the link says so", async () => {
      const { link, remote, asked } = opened();
      for (const code of ["CLUSTER_NOT_ANSWERED", "CLUSTER_CONNECTION_LOST"]) {
        const later = call(remote, asked);
        link.latest.call.failed(linkError(code, { mayHaveBeenApplied: false }));
        await assert.rejects(
          async () => later,
          (error) => error instanceof KvError && !error.message.includes("applied"),
        );
      }
    });

    test("takes nothing for an answer that is none", async () => {
      for (const payload of [new Uint8Array(), Uint8Array.of(0xff), Uint8Array.of(0, 3)]) {
        const { link, remote, asked } = opened();
        const later = call(remote, asked);
        link.latest.call.answered(payload);
        await assert.rejects(
          async () => later,
          (error) =>
            isKvError(error, "KV_ANSWER_NOT_UNDERSTOOD") &&
            error.details.mayHaveBeenApplied === IS_WRITE[type],
        );
      }
    });
  });
}

test("the calls have every operation", () => {
  const types = new Set(CALLS.map(([, { type }]) => type));
  assert.deepEqual(types, new Set(Object.keys(IS_WRITE)));
});

test("RemoteBuckets says in whole milliseconds how long an answer was waited for", async () => {
  const caller = new ScriptedLink();
  const route = { caller, clock: () => 0.25, node: bar, hops, timeoutMs: () => 4_999.7 };
  const later = new RemoteBuckets(route).get(bucket, key);
  assert.equal(caller.latest.call.deadlineMs, 4_999.95);
  caller.latest.call.failed(linkError("CLUSTER_NOT_ANSWERED"));
  await assert.rejects(async () => later, { message: "bar@lab did not answer in 5000 ms" });
  const frozen = new RemoteBuckets(route).get(bucket, key);
  caller.latest.call.failed(linkError("CLUSTER_NOT_ANSWERED", { afterMs: 3_010.2 }));
  await assert.rejects(async () => frozen, { message: "bar@lab did not answer in 3010 ms" });
});

test("RemoteBuckets lets through what is no failure of a link", async () => {
  const { link, remote } = opened();
  const later = remote.get(bucket, key);
  const bug = linkError("ERR_SOMETHING_ELSE");
  link.latest.call.failed(bug);
  await assert.rejects(
    async () => later,
    (error) => error === bug,
  );
});

test("RemoteBuckets sends nothing for what no node would take", () => {
  const { link, remote } = opened();
  assert.throws(() => remote.get(bucket, new Uint8Array(2 ** 20 + 1)), RangeError);
  assert.throws(() => remote.expire(bucket, key, 0.5), RangeError);
  assert.throws(() => remote.listKeys(bucket, { limit: 0 }), RangeError);
  assert.equal(link.calls.length, 0);
});

test("RemoteBuckets writes a request once", () => {
  const { link, remote } = opened();
  remote.get(bucket, key);
  const { call } = link.latest;
  assert.throws(() => call.write(new Uint8Array(call.byteLength), 0), /sent once/u);
});
