import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "@kv/storage";
import { isKvError, KvError } from "../errors.ts";
import { hopsWith, NO_HOPS } from "./hops.ts";
import { Later } from "./later.ts";
import type { RemoteRequest } from "./request.ts";
import type { RemoteOutcomes } from "./response.ts";
import { RequestServer } from "./serve-requests.ts";
import { bucketNamed, brandRevision, nodeNamed } from "./testing/any-part.ts";
import { noMoves } from "./testing/no-moves.ts";
import { ReceivedCall } from "./testing/received-call.ts";
import { ServingStore } from "./testing/serving-store.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];
const hops = hopsWith(NO_HOPS, foo);
const bucket = bucketNamed("nuts");
const key = Uint8Array.of(1);
const put: RemoteRequest = { type: "put", hops, bucket, fields: [], createsBucket: false };
const get: RemoteRequest = { type: "get", hops, bucket, key };
const stored: RemoteOutcomes["put"] = { type: "stored", revision: brandRevision(1), added: 0 };

/** A node that passes writes on, and serves reads at once. */
function serving() {
  const passed: Later<RemoteOutcomes["put"]>[] = [];
  const router = new ServingStore(bar, new MemoryStore({ clock: () => 0 }), {
    put: () => {
      const later = new Later<RemoteOutcomes["put"]>();
      passed.push(later);
      return later;
    },
  });
  const clock = { nowMs: 0 };
  const server = new RequestServer({
    router,
    nowMs: () => clock.nowMs,
    moves: { ...noMoves, activate: () => ({ outcome: { type: "taken" }, durable: undefined }) },
    answerLimitBytes: 1024,
    onBug: (error) => {
      throw error;
    },
  });
  const serve = (request: RemoteRequest): ReceivedCall => {
    const call = new ReceivedCall(request);
    server.serve(call);
    return call;
  };
  return { router, passed, serve, clock };
}

test("RequestServer: what comes behind a request that was passed on waits when an owner has changed since", () => {
  const { router, passed, serve } = serving();
  serve(put);
  assert.equal(serve(get).responses.length, 1);
  router.table++;
  const [late, later] = [serve(get), serve(put)];
  late.payload.fill(0xee);
  assert.deepEqual([late.responses.length, passed.length], [0, 1]);
  passed[0]?.answer({ outcome: stored, durable: undefined });
  assert.deepEqual([late.responses, passed.length], [[{ type: "no-bucket" }], 2]);
  passed[1]?.fail(new KvError("KV_NO_CONNECTION", { node: foo }));
  assert.equal(later.responses.length, 1);
});

test("RequestServer: what is about another bucket does not wait: nodes that wait for each other would do so for ever", () => {
  const { router, passed, serve } = serving();
  serve(put);
  router.table++;
  const other = bucketNamed("zest");
  assert.equal(serve({ ...get, bucket: other }).responses.length, 1);
  serve({ ...put, bucket: other });
  assert.equal(passed.length, 2);
  const late = serve(get);
  passed[1]?.answer({ outcome: stored, durable: undefined });
  assert.equal(late.responses.length, 0);
  passed[0]?.answer({ outcome: stored, durable: undefined });
  assert.equal(late.responses.length, 1);
});

test("RequestServer: what this node has passed on before, and parts of moves, never wait", () => {
  const { router, serve } = serving();
  serve(put);
  router.table++;
  const back = serve({ ...get, hops: hopsWith(hopsWith(NO_HOPS, bar), foo) });
  assert.equal(back.responses.length, 1);
  const activate = serve({ type: "move-activate", hops, bucket, moveId: "m" });
  assert.equal(activate.responses.length, 1);
  assert.equal(serve(get).responses.length, 0);
});

test("RequestServer: what a request waits is taken off its time, and it is not begun when that is over", () => {
  const { router, passed, serve, clock } = serving();
  serve(put);
  router.table++;
  const calls = [serve(get), serve(get)];
  const [hasty, patient] = calls;
  assert.ok(hasty !== undefined && patient !== undefined);
  hasty.remainingMs = 1_000;
  clock.nowMs = 1_000;
  passed[0]?.answer({ outcome: stored, durable: undefined });
  const [tooLate] = hasty.responses;
  assert.ok(isKvError(tooLate, "KV_TOO_LATE"));
  assert.deepEqual(patient.responses, [{ type: "no-bucket" }]);
});
