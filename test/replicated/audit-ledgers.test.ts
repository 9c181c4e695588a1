import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { auditLedgers } from "./audit-ledgers.ts";
import { COUNTER } from "./writer-crew.ts";
import type { WriterDoor } from "./writer-door.ts";
import type { WriterLedger } from "./writer-ledger.ts";

const bucket = "b";
const own = { bucket, key: "own", done: 5, tried: 6, reverted: 0 };
const counter = { bucket, key: COUNTER, done: 3, unknown: 1 };
const told: WriterLedger = {
  inserted: [{ bucket, key: "new" }],
  overwritten: [own],
  counted: [counter],
  refused: { unknown: 2 },
  pauseMs: 12.4,
};

/** A door behind which these values are, and nothing else. */
function holding(values: Readonly<Record<string, string>>): WriterDoor {
  return {
    create: () => Promise.reject(new Error("an audit makes nothing")),
    write: () => Promise.reject(new Error("an audit writes nothing")),
    async read({ key }) {
      const value = values[key];
      return value === undefined ? { type: "missing" } : { type: "found", value, revision: "1" };
    },
  };
}

suite("auditLedgers()", () => {
  test("takes what is there for kept, and what nobody knows of for either", async () => {
    for (const [latest, count] of [
      ["5", "6"],
      ["6", "7"],
    ] as const) {
      const door = holding({ new: "x", own: latest, [COUNTER]: count });
      // Two crews count up one number.
      const audit = await auditLedgers(door, [told, { ...told, inserted: [], overwritten: [] }]);
      assert.deepEqual(audit.flaws, []);
      assert.deepEqual([audit.inserted, audit.overwritten, audit.counted], [1, 5, 6]);
      assert.deepEqual([audit.refused, audit.pausesMs], [{ unknown: 4 }, [12, 12]]);
    }
  });

  test("finds what was lost, what was reverted, and what nobody wrote", async () => {
    const lost = await auditLedgers(holding({ own: "4", [COUNTER]: "1" }), [told]);
    assert.deepEqual([lost.lost, lost.reverted, lost.flaws.length], [3, 1, 3]);
    const made = await auditLedgers(holding({ new: "x", own: "7", [COUNTER]: "5" }), [told]);
    assert.deepEqual([made.lost, made.reverted, made.flaws.length], [0, 0, 2]);
    const read = { ...told, overwritten: [{ ...own, reverted: 1 }] };
    const seen = await auditLedgers(holding({ new: "x", own: "5", [COUNTER]: "3" }), [read]);
    assert.deepEqual([seen.reverted, seen.flaws.length], [1, 1]);
  });

  test("takes a cell that nobody could read for nothing", async () => {
    const silent: WriterDoor = { ...holding({}), read: async () => ({ type: "refused" }) };
    await assert.rejects(auditLedgers(silent, [told]), /Cannot read new of b for the audit/u);
  });
});
