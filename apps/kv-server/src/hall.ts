import type { ServerEnvironment } from "./environment.ts";
import { PendingTotal } from "./pending-total.ts";
import { Presence } from "./presence.ts";
import { Users, type UsersOptions } from "./users.ts";

/**
 * What lies behind all front doors of a node: who may come in, how many are there, and what they have pending. Limits
 * of all connections together hold for all doors together.
 */
export class Hall {
  readonly users: Users;
  readonly pending: PendingTotal;
  readonly presence = new Presence();
  readonly #environment: ServerEnvironment;
  #connections = 0;

  constructor(environment: ServerEnvironment, options: UsersOptions = {}) {
    this.#environment = environment;
    this.users = new Users(() => environment.users, options);
    this.pending = new PendingTotal(() => environment.pendingTotalLimitBytes);
  }

  /** Connections by whatever door, also those that are still shaking hands. */
  get connections(): number {
    return this.#connections;
  }

  /** How many of them may be waiting for something, as far as is known at `nowMs`: all, or one at most. */
  waiting(nowMs: number): number {
    return this.presence.isOneAtMost(nowMs) ? Math.min(1, this.#connections) : this.#connections;
  }

  /** Whether the next one is to be turned away. */
  get isFull(): boolean {
    return this.#connections >= this.#environment.connectionLimit;
  }

  /** Counts one more. */
  enter(): void {
    this.#connections++;
  }

  /** One that entered is gone. */
  leave(): void {
    this.#connections--;
  }
}
