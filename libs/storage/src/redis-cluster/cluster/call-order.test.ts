import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { CallOrder } from "./call-order.ts";

/** Lets everything go on that has nothing to wait for. */
async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

suite("CallOrder", () => {
  test("holds a write back until the reads before it are answered, and what is called later behind it", async () => {
    const order = new CallOrder();
    const begun: string[] = [];
    assert.ok(order.admitRead(7));
    order.write(7, () => begun.push("write"));
    void order.turnToRead(7).then(() => begun.push("read"));
    order.write(7, () => begun.push("later write"));
    assert.equal(order.admitRead(7), false);
    await settle();
    assert.deepEqual(begun, []);
    order.endRead(7);
    await settle();
    assert.deepEqual(begun, ["write", "read"]);
    order.endRead(7);
    assert.deepEqual(begun, ["write", "read", "later write"]);
    assert.ok(order.admitRead(7));
  });

  test("keeps slots apart, and lets writes alone begin at once", () => {
    const order = new CallOrder();
    const begun: number[] = [];
    assert.ok(order.admitRead(1));
    order.write(2, () => begun.push(2));
    order.write(2, () => begun.push(2));
    assert.deepEqual(begun, [2, 2]);
  });

  test("begins all in the order of the calls, a write with no read under way, whatever ends when", async () => {
    const calls = fc.array(fc.record({ isRead: fc.boolean(), ends: fc.nat(3) }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(calls, async (drawn) => {
        const order = new CallOrder();
        const begun: number[] = [];
        const underWay: number[] = [];
        const end = (): void => {
          underWay.shift();
          order.endRead(0);
        };
        for (const [at, { isRead, ends }] of drawn.entries()) {
          if (isRead) {
            const noteRead = async (): Promise<void> => {
              await order.turnToRead(0);
              begun.push(at);
              underWay.push(at);
            };
            void noteRead();
          } else {
            order.write(0, () => {
              // A read that has its turn notes that a moment later.
              assert.equal(underWay.length, 0);
              begun.push(at);
            });
          }
          await settle();
          for (let count = 0; count < ends && underWay.length > 0; count++) end();
          // Two reads that begin together may note that in any order.
          await settle();
        }
        await settle();
        while (underWay.length > 0) {
          end();
          await settle();
        }
        assert.deepEqual(
          begun,
          drawn.map((_, at) => at),
        );
      }),
    );
  });
});
