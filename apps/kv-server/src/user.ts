import type { PasswordHash } from "./password.ts";

/** Who has logged in: one object for as long as neither the name nor the stored hash changes. */
export interface User {
  readonly name: string;
  /** The hash as it is configured. */
  readonly text: string;
  readonly hash: PasswordHash;
}
