import type { Store } from "@kv/storage";
import { hopsWith, NO_HOPS } from "../hops.ts";
import type { ServedCall } from "../link.ts";
import { RemoteBuckets } from "../remote-buckets.ts";
import { RequestServer } from "../serve-requests.ts";
import { nodeNamed } from "./any-part.ts";
import { LoopBack } from "./loop-back.ts";
import { noMoves } from "./no-moves.ts";
import { ServingStore } from "./serving-store.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];

/** The buckets of `owner` as another node sees them; a link takes answers of a mebibyte, so that pages have to be cut. */
export function openLoopBack(owner: Store): RemoteBuckets {
  const router = new ServingStore(bar, owner);
  router.plain = owner;
  const server = new RequestServer({
    router,
    moves: noMoves,
    nowMs: now,
    answerLimitBytes: 2 ** 20 + 100,
    onBug: (error) => {
      throw error;
    },
  });
  const serve = (call: ServedCall) => server.serve(call);
  const caller = new LoopBack({ from: foo, to: bar, clock: now, serve });
  const hops = hopsWith(NO_HOPS, foo);
  return new RemoteBuckets({ caller, clock: now, node: bar, hops, timeoutMs: () => 5_000 });
}

/** No time passes on this link. */
function now(): number {
  return 0;
}
