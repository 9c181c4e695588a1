import { hash } from "node:crypto";
import type { Lifetime } from "@kv/storage";

/** How many bits are kept of each hash, and of their sum. */
const BITS = 128n;
const DIGITS = Number(BITS) / 4;
const FORM = /^(?<buckets>\d{1,15})-(?<keys>\d{1,15})-(?<sum>[0-9a-f]{32})$/u;

/**
 * A checksum of buckets and keys that does not ask for their order: a SHA-256 of each bucket and of each key, with all that belongs to it but its revision,
 * cut to 128 bits and added up. So the sum over several nodes is that of what they hold together.
 *
 * As a text it is `BUCKETS-KEYS-SUM`, the sum in 32 hexadecimal digits; several, joined by `+`, stand for all of them together.
 */
export class ContentChecksum {
  #buckets = 0;
  #keys = 0;
  #sum = 0n;

  /** What such a text says; `undefined` when it is none. */
  static parse(text: string): ContentChecksum | undefined {
    const total = new ContentChecksum();
    for (const part of text.split("+")) {
      const groups = FORM.exec(part)?.groups;
      if (groups === undefined) return undefined;
      total.#buckets += Number(groups["buckets"]);
      total.#keys += Number(groups["keys"]);
      total.#add(BigInt(`0x${groups["sum"]}`));
    }
    return total;
  }

  get buckets(): number {
    return this.#buckets;
  }

  get keys(): number {
    return this.#keys;
  }

  addBucket(bucket: Uint8Array, lifetime: Lifetime, expiresAtMs: number | undefined): void {
    this.#buckets++;
    this.#addHash([bucket, Buffer.from(lifetime), timeBytes(expiresAtMs)]);
  }

  addKey(
    bucket: Uint8Array,
    key: Uint8Array,
    {
      value,
      expiresAtMs,
    }: { readonly value: Uint8Array; readonly expiresAtMs: number | undefined },
  ): void {
    this.#keys++;
    this.#addHash([bucket, key, value, timeBytes(expiresAtMs)]);
  }

  toString(): string {
    return `${this.#buckets}-${this.#keys}-${this.#sum.toString(16).padStart(DIGITS, "0")}`;
  }

  /** Each part behind its length, so that no two lists of parts are the same bytes. */
  #addHash(parts: readonly Uint8Array[]): void {
    const bytes = Buffer.concat(
      parts.flatMap((part) => {
        const length = Buffer.alloc(8);
        length.writeDoubleBE(part.length);
        return [length, part];
      }),
    );
    this.#add(BigInt(`0x${hash("sha256", bytes, "hex").slice(0, DIGITS)}`));
  }

  #add(term: bigint): void {
    this.#sum = BigInt.asUintN(Number(BITS), this.#sum + term);
  }
}

function timeBytes(expiresAtMs: number | undefined): Uint8Array {
  return Buffer.from(expiresAtMs === undefined ? "never" : String(expiresAtMs));
}
