import { createHmac, randomBytes } from "node:crypto";
import type { User } from "./user.ts";

/** How many are remembered: those used longest ago are forgotten first. A proof takes some 100 bytes. */
export const rememberedLimit = 1024;

/**
 * Which passwords were found right, so that clients which come again cost no scrypt.
 *
 * What is kept is no password and no hash of one that could be guessed at elsewhere: an HMAC (RFC 2104) under a key
 * that this process made up and never shows. The stored hash is part of it, so that nothing has to be forgotten
 * when a user is changed or removed: there is no way to ask for the old proof any more.
 */
export class RightPasswords {
  readonly #key = randomBytes(32);
  /** In the order of their last use. */
  readonly #proofs = new Set<string>();

  /** What stands for this password of `user` here. Copies what it needs. */
  proofOf({ name, text }: User, password: Uint8Array): string {
    // The length says where the name ends; a stored hash holds no space.
    return createHmac("sha256", this.#key)
      .update(`${text} ${name.length} ${name}`)
      .update(password)
      .digest("base64");
  }

  /** Whether it was added, and not yet forgotten. */
  has(proof: string): boolean {
    if (!this.#proofs.delete(proof)) return false;
    this.#proofs.add(proof);
    return true;
  }

  /** Remembers it. */
  add(proof: string): void {
    this.#proofs.delete(proof);
    this.#proofs.add(proof);
    const [oldest] = this.#proofs;
    if (this.#proofs.size > rememberedLimit && oldest !== undefined) this.#proofs.delete(oldest);
  }
}
