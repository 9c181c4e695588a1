import type { LiveSystem } from "../system/live-system.ts";

/** Passes requests to reload on to a system, once there is one: one that comes during its start is not lost. */
export class ReloadRequests {
  #system: Pick<LiveSystem, "reload"> | undefined;
  #isDue = false;

  /** Somebody wants a reload. */
  request(): void {
    if (this.#system === undefined) this.#isDue = true;
    else void this.#system.reload();
  }

  /** From now on there is `system`. */
  serve(system: Pick<LiveSystem, "reload">): void {
    this.#system = system;
    if (this.#isDue) void system.reload();
  }
}
