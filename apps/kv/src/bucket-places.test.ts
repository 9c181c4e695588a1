import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "@kv/storage";
import { BucketPlaces } from "./bucket-places.ts";
import { NO_HOPS } from "./remote/hops.ts";
import { bucketNamed, nodeNamed } from "./remote/testing/any-part.ts";
import { routesInForce } from "./routes.ts";
import { parseRoutingText } from "./routing-text.ts";

const call = (): never => assert.fail("no node was to be asked");

test("BucketPlaces asks a placement in which nothing moves one question a request", () => {
  const self = nodeNamed("foo@lab");
  const parsed = parseRoutingText("a-m=foo@lab,n-z=bar@lab");
  assert.ok(parsed.type !== "malformed");
  const remote = { caller: { call }, clock: () => 0, timeoutMs: () => 1_000 };
  const reader = { self, host: "lab" };
  const store = new MemoryStore({ clock: () => 0 });
  let questions = 0;
  const placement = {
    get isQuiet() {
      questions++;
      return true;
    },
    find: () => assert.fail("nothing moves"),
    get asked() {
      return assert.fail("nobody asks");
    },
  };
  const routes = routesInForce({ reader, table: () => parsed.table, remote });
  const places = new BucketPlaces({ self, routes, store: () => store, remote, placement });
  assert.equal(places.find(bucketNamed("apples"), NO_HOPS.nodes), store);
  assert.deepEqual(places.find(bucketNamed("nuts"), NO_HOPS.nodes), { node: nodeNamed("bar@lab") });
  assert.equal(questions, 2);
});
