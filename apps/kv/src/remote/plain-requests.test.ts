import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "@kv/storage";
import fc from "fast-check";
import { hopsWith, NO_HOPS } from "./hops.ts";
import type { RemoteRequest } from "./request.ts";
import { RequestServer } from "./serve-requests.ts";
import { bucketNamed, nodeNamed } from "./testing/any-part.ts";
import { noMoves } from "./testing/no-moves.ts";
import { ReceivedCall } from "./testing/received-call.ts";
import { ServingStore } from "./testing/serving-store.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];
const hops = hopsWith(NO_HOPS, foo);

/** A server for a store of its own, with or without the way for plain requests; its answers are kept short. */
function serverOf(isPlain: boolean) {
  const store = new MemoryStore({ clock: () => 0 });
  const router = new ServingStore(bar, store);
  if (isPlain) router.plain = store;
  const server = new RequestServer({
    router,
    moves: noMoves,
    nowMs: () => 0,
    answerLimitBytes: 300,
    onBug: (error) => {
      throw error;
    },
  });
  return { server, router };
}

const bucket = fc.constantFrom("a", "b").map((name) => bucketNamed(name));
const key = fc.constantFrom("", "k", "l").map((text) => Uint8Array.from(Buffer.from(text)));
const value = fc.oneof(
  fc.uint8Array({ maxLength: 9 }),
  fc.uint8Array({ minLength: 90, maxLength: 400 }),
);
const anyStep: fc.Arbitrary<RemoteRequest> = fc.oneof(
  fc.record({ type: fc.constant("create-bucket" as const), hops: fc.constant(hops), bucket }),
  fc.record({ type: fc.constant("get" as const), hops: fc.constant(hops), bucket, key }),
  fc.record({
    type: fc.constant("put" as const),
    hops: fc.constant(hops),
    bucket,
    fields: fc.record({ key, value }).map((field) => [field]),
    createsBucket: fc.boolean(),
  }),
);

test("a plain request is answered as any other, byte for byte", () => {
  let spared = 0;
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 20 }), (requests) => {
      const [plain, usual] = [serverOf(true), serverOf(false)];
      for (const request of requests) {
        const [one, other] = [new ReceivedCall(request), new ReceivedCall(request)];
        plain.server.serve(one);
        usual.server.serve(other);
        assert.deepEqual(one.responses, other.responses);
        assert.equal(one.responses.length, 1);
      }
      spared += usual.router.passages.length - plain.router.passages.length;
    }),
  );
  assert.ok(spared > 100, `${spared} requests went the plain way`);
});

test("what was foreseen is answered as any other, also when some of it never comes, and something else does", () => {
  const [plain, usual] = [serverOf(true), serverOf(false)];
  const anyTurn = fc.record({ request: anyStep, comes: fc.boolean(), isForeseen: fc.boolean() });
  fc.assert(
    fc.property(fc.array(anyTurn, { maxLength: 40 }), (turns) => {
      const calls = turns.map(({ request }) => new ReceivedCall(request));
      const foreseen = calls.filter((_, index) => turns[index]?.isForeseen === true);
      plain.server.foresee(foreseen, foreseen.length);
      for (const [index, call] of calls.entries()) {
        const turn = turns[index];
        if (turn?.comes !== true) continue;
        const other = new ReceivedCall(turn.request);
        plain.server.serve(call);
        usual.server.serve(other);
        assert.deepEqual(call.responses, other.responses);
        assert.equal(call.responses.length, 1);
      }
    }),
  );
  assert.ok(plain.router.foreseen > 10, `${plain.router.foreseen} times`);
});

test("a plain request whose time is over is not begun", () => {
  const { server, router } = serverOf(true);
  const put: RemoteRequest = {
    type: "put",
    hops,
    bucket: bucketNamed("a"),
    fields: [{ key: Uint8Array.of(1), value: Uint8Array.of(2) }],
    createsBucket: true,
  };
  const late = Object.assign(new ReceivedCall(put), { remainingMs: 0 });
  server.serve(late);
  const [response] = late.responses;
  assert.ok(response instanceof Error && "code" in response && response.code === "KV_TOO_LATE");
  assert.equal(router.passages.length, 0);
});
