import { randomFillSync } from "node:crypto";

const TOKEN_BYTES = 9;
const pool = Buffer.alloc(TOKEN_BYTES * 512);
let used = pool.length;

/** A text of twelve letters and digits that no other write has: it tells two apart that drew one sequence. */
export function newToken(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const token = pool.toString("base64url", used, used + TOKEN_BYTES);
  used += TOKEN_BYTES;
  return token;
}
