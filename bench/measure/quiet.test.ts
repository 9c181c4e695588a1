import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { parseParent, usedUsOf, waitForQuiet } from "./quiet.ts";

/** Waits with processes that have used so much at each look, in milliseconds; the last stays. */
async function lookAt(used: readonly number[]): Promise<{ isQuiet: boolean; looks: number }> {
  let looks = 0;
  const usedUs = (): number => (used[Math.min(looks++, used.length - 1)] ?? 0) * 1_000;
  const isQuiet = await waitForQuiet({ usedUs, sleep: async () => {} });
  return { isQuiet, looks };
}

test("quiet is who has used less than a twentieth of a core at each of the last two looks", async () => {
  assert.deepEqual(await lookAt([700, 704, 708]), { isQuiet: true, looks: 3 });
  assert.deepEqual(await lookAt([700, 705, 709, 713]), { isQuiet: true, looks: 4 });
  // A child that rewrites a file ends, and what it has used is gone.
  assert.deepEqual(await lookAt([100, 200, 300, 120, 120]), { isQuiet: true, looks: 6 });
  // A file that was to be rewritten all the same: the child began when the first look was nearly over.
  assert.deepEqual(await lookAt([100, 104, 204, 304, 304]), { isQuiet: true, looks: 6 });
});

test("who is never quiet is not waited for for ever", async () => {
  const busy = Array.from({ length: 1_000 }, (_, look) => look * 10);
  assert.deepEqual(await lookAt(busy), { isQuiet: false, looks: 151 });
});

test("a process's children are counted with it", {
  skip: process.platform !== "linux",
}, async () => {
  const child = spawn(
    "sh",
    ["-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; read line"],
    {
      stdio: ["pipe", "ignore", "ignore"],
    },
  );
  try {
    const alone = usedUsOf([child.pid ?? 0]);
    assert.ok(usedUsOf([process.pid]) > alone);
  } finally {
    child.stdin.end();
    await once(child, "exit");
  }
  assert.equal(parseParent("12 (a) b) c) S 7 12 12 0"), 7);
});
