import { createHmac, timingSafeEqual } from "node:crypto";
import { encodeHello, type Hello, protocolVersion, type Role } from "./handshake-message.ts";

/** What both ends have said of themselves. */
export interface Exchange {
  readonly dialler: Hello;
  readonly acceptor: Hello;
}

/** Keeps a proof from being of use in any other protocol that knows the same cookie. */
const domain = `kv node link ${protocolVersion}`;

/**
 * What the end in `role` shows to prove that it knows the cookie, which never travels: an HMAC-SHA-256 over both hellos,
 * that is over both names, both instances and both nonces, and over the role of whoever proves.
 *
 * The dialler proves first, to an end that it has chosen by its place. The acceptor answers anybody who comes in, and so shows
 * nothing before the other one has proven itself: nobody learns from it even whether a guess at a weak cookie is right but
 * by asking, one guess a connection. Neither can be made to work out the other's proof: an end's own nonce is in every proof
 * that it gives or takes, so that no old one fits; its role is, so that none can be sent back to who made it; and both names
 * and instances are, so that none fits another pair. Whoever sits on the way and passes on what both say can read and change
 * what follows: against that there is TLS.
 */
export function prove(cookie: string, role: Role, { dialler, acceptor }: Exchange): Uint8Array {
  const hmac = createHmac("sha256", cookie).update(`${domain} ${role}\0`);
  for (const hello of [dialler, acceptor]) {
    const bytes = encodeHello(hello);
    hmac.update(Uint8Array.of(bytes.length & 0xff, bytes.length >>> 8)).update(bytes);
  }
  return hmac.digest();
}

/** Whether `proof` is that of the end in `role`; takes as long for a near miss as for a far one. */
export function isProven(proof: Uint8Array, expected: Uint8Array): boolean {
  return proof.length === expected.length && timingSafeEqual(proof, expected);
}
