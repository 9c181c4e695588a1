import assert from "node:assert/strict";
import { test } from "node:test";
import { decoyOf, hashPassword, parsePasswordHash, verifyPassword } from "./password.ts";

test("hashPassword() makes what verifyPassword() accepts for this password only", async () => {
  const kept = parsePasswordHash(await hashPassword("pässword"));
  assert.ok(kept !== undefined);
  assert.equal(await verifyPassword(Buffer.from("pässword"), kept), true);
  assert.equal(await verifyPassword(Buffer.from("passwort"), kept), false);
  assert.equal(await verifyPassword(Buffer.from(""), kept), false);
});

test("hashPassword() salts: the same password twice is two hashes", async () => {
  const [one, two] = await Promise.all([hashPassword("same"), hashPassword("same")]);
  assert.notEqual(one, two);
  assert.match(one, /^scrypt\$16384\$8\$1\$[\w+/]{22}==\$[\w+/]{43}=$/u);
});

test("decoyOf() makes a hash of the same price that the password does not have", async () => {
  const kept = parsePasswordHash(await hashPassword("secret"));
  assert.ok(kept !== undefined);
  const decoy = decoyOf(kept);
  assert.deepEqual(decoy.parameters, kept.parameters);
  assert.equal(await verifyPassword(Buffer.from("secret"), decoy), false);
});

const salt = "c2FsdHNhbHRzYWx0";
const hash = "aGFzaGhhc2hoYXNoaGFzaGhhc2g=";
const texts: readonly [text: string, isHash: boolean][] = [
  [`scrypt$16384$8$1$${salt}$${hash}`, true],
  [`scrypt$2$1$1$${salt}$${hash}`, true],
  [`scrypt$16383$8$1$${salt}$${hash}`, false],
  [`scrypt$1$8$1$${salt}$${hash}`, false],
  [`scrypt$16384$0$1$${salt}$${hash}`, false],
  [`scrypt$16384$8$0$${salt}$${hash}`, false],
  [`scrypt$1048576$8$1$${salt}$${hash}`, false],
  [`scrypt$16384$8$1$$${hash}`, false],
  [`scrypt$16384$8$1$${salt}$`, false],
  [`bcrypt$16384$8$1$${salt}$${hash}`, false],
  ["secret", false],
  ["", false],
];

for (const [text, isHash] of texts) {
  test(`parsePasswordHash() says ${isHash} to ${JSON.stringify(text)}`, () => {
    assert.equal(parsePasswordHash(text) !== undefined, isHash);
  });
}
