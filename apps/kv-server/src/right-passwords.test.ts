import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPassword, parsePasswordHash } from "./password.ts";
import { RightPasswords, rememberedLimit } from "./right-passwords.ts";
import type { User } from "./user.ts";

const text = await hashPassword("wonderland");
const hash = parsePasswordHash(text);
assert.ok(hash !== undefined);
const alice: User = { name: "alice", text, hash };
const password = Buffer.from("wonderland");

test("RightPasswords gives different proofs to different names, passwords and hashes", () => {
  const known = new RightPasswords();
  const proofs = [
    known.proofOf(alice, password),
    known.proofOf(alice, Buffer.from("wonderland ")),
    known.proofOf({ ...alice, name: "alicew" }, Buffer.from("onderland")),
    known.proofOf({ ...alice, text: `${text}x` }, password),
    // Every process has a key of its own.
    new RightPasswords().proofOf(alice, password),
  ];
  assert.equal(new Set(proofs).size, proofs.length);
  assert.equal(known.proofOf(alice, password), proofs[0]);
});

test("RightPasswords forgets those first that were used longest ago", () => {
  const known = new RightPasswords();
  for (let n = 0; n < rememberedLimit; n++) known.add(`proof ${n}`);
  assert.ok(known.has("proof 0"));
  known.add("one more");
  assert.ok(known.has("proof 0") && known.has("one more"));
  assert.ok(!known.has("proof 1"));
});
