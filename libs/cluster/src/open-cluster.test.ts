import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { SimulatedWorld } from "./testing/index.ts";
import { openCluster } from "./open-cluster.ts";
import { parseCompleteName } from "./node-name.ts";

const n = (t: string) => {
  const x = parseCompleteName(t);
  assert.ok(x);
  return x;
};

test("smoke", async () => {
  const world = new SimulatedWorld(1, { slowWritesPercent: 20 });
  const foo = n("foo@lab"),
    bar = n("bar@lab");
  const open = async (self: ReturnType<typeof n>) => {
    const p = world.start(self);
    const got: string[] = [];
    const cluster = await openCluster({
      self,
      cookie: "x",
      ...p,
      network: p.network,
      scheduler: p.scheduler,
      randomBytes: p.randomBytes,
      directory: "/d",
      serve: (c) => {
        const t = Buffer.from(c.payload).toString();
        got.push(t);
        c.answer(c.payload.length + 1, (b, at) => {
          Buffer.from(t + "!").copy(b, at);
        });
      },
    });
    return { cluster, p, got };
  };
  const f = await open(foo),
    b = await open(bar);
  const out: unknown[] = [];
  f.cluster.call(bar, {
    deadlineMs: f.cluster.nowMs() + 1000,
    isWrite: true,
    byteLength: 2,
    write: (t, at) => {
      t[at] = 65;
      t[at + 1] = 66;
    },
    answered: (p) => out.push(Buffer.from(p).toString()),
    failed: (e) => out.push(e),
  });
  await world.run(100);
  assert.deepEqual(out, ["AB!"]);
  assert.deepEqual(b.cluster.nodes(), [foo]);
  const d = f.cluster[Symbol.asyncDispose]();
  await world.run(5000);
  await d;
  assert.deepEqual(b.cluster.nodes(), []);
});
