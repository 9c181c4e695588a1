import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Which of the two ends proves itself. It is in the proof, so that one end's is of no use as the other's. */
export type Role = "node" | "operator";

/** What a proof is about, beside the cookie. Nonces are 64 hexadecimal digits, each new for each connection. */
export interface Challenge {
  readonly node: string;
  readonly nodeNonce: string;
  readonly operatorNonce: string;
}

const nonceBytes = 32;

/** A nonce that nobody has seen before. */
export function createNonce(): string {
  return randomBytes(nonceBytes).toString("hex");
}

/** Proves to know `cookie`, which cannot be found out from it; 64 hexadecimal digits. */
export function prove(cookie: string, role: Role, challenge: Challenge): string {
  const { node, nodeNonce, operatorNonce } = challenge;
  // No part can hold a NUL, so no two challenges make the same text.
  const text = ["kv control 1", role, node, nodeNonce, operatorNonce].join("\0");
  return createHmac("sha256", cookie).update(text).digest("hex");
}

/** Whether two proofs are the same; takes the same time wherever they differ. */
export function isSameProof(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
