import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeNamed } from "../testing/node-named.ts";
import type { Hello } from "./handshake-message.ts";
import { type Exchange, isProven, prove } from "./proof.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];

function helloWith(changes: Partial<Hello>): Hello {
  const hello = { role: "dialler", kind: "short", name: foo, meant: bar } as const;
  return { ...hello, instance: new Uint8Array(16), nonce: new Uint8Array(32), ...changes };
}

const acceptor = helloWith({ role: "acceptor", name: bar, meant: foo });
const exchange: Exchange = { dialler: helloWith({}), acceptor };

test("prove() gives a proof that fits nothing else", () => {
  const baz = nodeNamed("baz@lab");
  const ones = { instance: new Uint8Array(16).fill(1), nonce: new Uint8Array(32).fill(1) };
  const proofs = [
    prove("secret", "dialler", exchange),
    prove("secret", "acceptor", exchange),
    prove("Secret", "dialler", exchange),
    prove("secret", "dialler", { dialler: acceptor, acceptor: exchange.dialler }),
    ...[{ name: baz }, { meant: baz }, { nonce: ones.nonce }, { instance: ones.instance }].flatMap(
      (changes) => [
        prove("secret", "dialler", { ...exchange, dialler: helloWith(changes) }),
        prove("secret", "dialler", { ...exchange, acceptor: { ...acceptor, ...changes } }),
      ],
    ),
  ];
  assert.equal(
    new Set(proofs.map((proof) => Buffer.from(proof).toString("hex"))).size,
    proofs.length,
  );
  assert.ok(proofs.every((proof) => proof.length === 32));
});

test("isProven() takes the very proof only", () => {
  const proof = prove("secret", "dialler", exchange);
  assert.ok(isProven(prove("secret", "dialler", exchange), proof));
  assert.ok(!isProven(prove("secret", "acceptor", exchange), proof));
  assert.ok(!isProven(proof.subarray(1), proof));
  assert.ok(!isProven(new Uint8Array(), proof));
});
