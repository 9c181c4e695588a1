import { SLOT_COUNT } from "./topology/key-slot.ts";

/** What waits for its turn at one slot. */
type Turn = { readonly type: "read" | "write"; readonly begin: () => void };

/**
 * Keeps reads and writes of one slot in the order of the calls. Reads and writes go over different connections: a write that is called after
 * a read must not be sent before that one is answered, or the read would see it. That a read sees the writes before it is for the reader to
 * care for.
 */
export class CallOrder {
  /** By slot, reads that have begun and are not answered. */
  readonly #reads = new Uint32Array(SLOT_COUNT);
  readonly #waiting = new Map<number, Turn[]>();

  /** Whether a read may begin at once; then it has begun, and is to be ended. */
  admitRead(slot: number): boolean {
    if (this.#waiting.has(slot)) return false;
    this.#begin(slot);
    return true;
  }

  /** Resolves when a read that was called now may begin; then it has, and is to be ended. */
  async turnToRead(slot: number): Promise<void> {
    if (this.admitRead(slot)) return;
    await new Promise<void>((resolve) => {
      this.#wait(slot, { type: "read", begin: resolve });
    });
  }

  /** A read was answered, or given up. */
  endRead(slot: number): void {
    this.#reads[slot] = (this.#reads[slot] ?? 0) - 1;
    const waiting = this.#waiting.get(slot);
    if (waiting === undefined) return;
    for (let turn = waiting[0]; turn !== undefined; turn = waiting[0]) {
      if (turn.type === "write" && this.#reads[slot] !== 0) return;
      waiting.shift();
      if (turn.type === "read") this.#begin(slot);
      turn.begin();
    }
    this.#waiting.delete(slot);
  }

  /** Calls `begin` as soon as a write that is called now may be sent: within the call where no read is under way. */
  write(slot: number, begin: () => void): void {
    if (this.#reads[slot] === 0 && !this.#waiting.has(slot)) begin();
    else this.#wait(slot, { type: "write", begin });
  }

  #begin(slot: number): void {
    this.#reads[slot] = (this.#reads[slot] ?? 0) + 1;
  }

  #wait(slot: number, turn: Turn): void {
    const waiting = this.#waiting.get(slot);
    if (waiting === undefined) this.#waiting.set(slot, [turn]);
    else waiting.push(turn);
  }
}
