import assert from "node:assert/strict";
import { MemoryStore } from "@kv/storage";
import { testStore } from "@kv/storage/conformance";
import { hopsWith, NO_HOPS } from "./hops.ts";
import type { ServedCall } from "./link.ts";
import { RemoteBuckets } from "./remote-buckets.ts";
import { RequestServer } from "./serve-requests.ts";
import { nodeNamed } from "./testing/any-part.ts";
import { LoopBack } from "./testing/loop-back.ts";
import { LoopBackStore } from "./testing/loop-back-store.ts";
import { ServingStore } from "./testing/serving-store.ts";

const now = () => 0;
const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];

// What the contract asks and a link does not carry is declared at LoopBackStore: `read` always leaves it to `get`, and
// statistics are asked of the store itself.
testStore("RemoteBuckets over a link to RequestServer and a MemoryStore", async ({ clock }) => {
  const owner = new MemoryStore({ clock });
  const router = new ServingStore(bar, owner);
  const server = new RequestServer({
    router,
    // Pages have to be cut to it, again and again.
    answerLimitBytes: 2 ** 20 + 100,
    onBug: (error) => assert.fail(String(error)),
  });
  const serve = (call: ServedCall) => server.serve(call);
  const caller = new LoopBack({ from: foo, to: bar, clock: now, serve });
  const hops = hopsWith(NO_HOPS, foo);
  const remote = new RemoteBuckets({ caller, clock: now, node: bar, hops, timeoutMs: 5_000 });
  return new LoopBackStore(remote, owner);
});
