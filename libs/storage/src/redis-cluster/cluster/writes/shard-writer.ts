import type { Durability } from "../acknowledgement/acknowledgement-rule.ts";
import { LinkLostError } from "../connection/link.ts";
import type { LinkOptions } from "../connection/link-options.ts";
import { type LinkIdentity, PrimaryLink } from "../connection/primary-link.ts";
import { type BatchListener, runBatch } from "./write-batch.ts";
import type { WriteOperation } from "./write-operation.ts";

/** Who is told what becomes of a primary's connection for writes, and of what was given to it. */
export interface ShardListener extends BatchListener {
  /** It takes writes from now on. */
  opened(writer: ShardWriter): void;
  /** It takes none for now; these it had not sent. */
  closed(writer: ShardWriter, unsent: readonly WriteOperation[], reason: string): void;
}

/** How writes to primaries are made. */
export interface ShardOptions extends LinkOptions {
  readonly durability: Durability;
}

/** The most writes in a batch, and about the most bytes: what is gathered during one proof and still goes out in one piece. */
const BATCH_LIMIT = 1024;
const BATCH_LIMIT_BYTES = 4 * 1024 * 1024;

/** How often a primary is asked that could not keep what it is sent. */
const LOOK_MS = 100;

/**
 * Group commit for one primary: while a batch and the proof that it is kept are under way, the next one gathers.
 */
export class ShardWriter {
  readonly address: string;
  readonly #options: ShardOptions;
  readonly #listener: ShardListener;
  #primary: PrimaryLink | undefined;
  #former: LinkIdentity | undefined;
  #pending: WriteOperation[] = [];
  #isOpening = false;
  #isRunning = false;
  #isEnded = false;
  /** Whether the last batch was one write. */
  #isLone = false;
  #busySinceMs: number | undefined;
  #hindrance: string;

  constructor(address: string, options: ShardOptions, listener: ShardListener) {
    this.address = address;
    this.#options = options;
    this.#listener = listener;
    this.#hindrance = `${address} was not connected to yet`;
  }

  get isOpen(): boolean {
    return this.#primary?.link.isOpen === true;
  }

  /** Whether anything is under way, or waits for it. */
  get isBusy(): boolean {
    return this.#isRunning || this.#pending.length > 0 || this.#isOpening;
  }

  /** Why it takes nothing, when it does not. */
  get hindrance(): string {
    return this.#hindrance;
  }

  /** For how long the present batch is under way. */
  get batchMs(): number {
    return this.#busySinceMs === undefined ? 0 : this.#options.timing.nowMs() - this.#busySinceMs;
  }

  /** Begins to connect, unless it is connected or does so already. */
  open(): void {
    if (this.isOpen || this.#isOpening || this.#isEnded) return;
    this.#isOpening = true;
    void this.#connect();
  }

  /** Takes a write; to be called only while it is open. */
  submit(operation: WriteOperation): void {
    this.#pending.push(operation);
    if (this.#isRunning) return;
    this.#isRunning = true;
    const run = (): void => {
      void this.#run();
    };
    // What arrives in the same turn of the event loop goes along. Who writes alone would wait for a turn more for nobody.
    if (this.#isLone) process.nextTick(run);
    else setImmediate(run);
  }

  /** Takes back what it has of a slot and has not sent. */
  withdraw(slot: number): readonly WriteOperation[] {
    const withdrawn = this.#pending.filter((operation) => operation.slot === slot);
    if (withdrawn.length > 0) {
      this.#pending = this.#pending.filter((operation) => operation.slot !== slot);
    }
    return withdrawn;
  }

  /** Ends the connection: this primary is none any more. What it has sent is lost. */
  abandon(reason: string): void {
    this.#primary?.link.destroy(reason);
  }

  /** Ends it for good. */
  end(reason: string): void {
    this.#isEnded = true;
    this.abandon(reason);
  }

  async #connect(): Promise<void> {
    try {
      const primary = await PrimaryLink.open(this.address, this.#options, this.#former);
      this.#isOpening = false;
      if (this.#isEnded) return primary.link.destroy("it was closed");
      this.#primary = primary;
      this.#former = primary.identity;
      primary.link.onLost(() => {
        this.#close(primary.link.lossReason);
      });
      if (primary.link.isOpen) this.#listener.opened(this);
      else this.#close(primary.link.lossReason);
    } catch (error) {
      this.#isOpening = false;
      if (!(error instanceof LinkLostError)) throw error;
      this.#close(error.message);
    }
  }

  #close(reason: string): void {
    this.#hindrance = reason;
    this.#primary = undefined;
    this.#listener.closed(this, this.#pending.splice(0), reason);
  }

  async #run(): Promise<void> {
    for (;;) {
      const primary = this.#primary;
      if (primary === undefined || this.#pending.length === 0) break;
      if (primary.obstacle === undefined) {
        const batch = this.#takeBatch();
        this.#isLone = batch.length === 1;
        this.#busySinceMs = this.#options.timing.nowMs();
        if (batch.length > 0) await runBatch(primary, batch, this.#listener);
        this.#busySinceMs = undefined;
      } else {
        await this.#look(primary, primary.obstacle);
      }
    }
    this.#isRunning = false;
  }

  /** Nothing is sent that could not be kept: until its deadline it surely did not happen. */
  async #look(primary: PrimaryLink, obstacle: string): Promise<void> {
    const settled = this.#pending.filter(({ isSettled }) => isSettled);
    this.#pending = this.#pending.filter(({ isSettled }) => !isSettled);
    this.#listener.answered(settled, []);
    for (const operation of this.#pending) operation.hindrance = `${this.address}: ${obstacle}`;
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_MS);
    });
    try {
      await primary.look();
    } catch (error) {
      primary.link.destroy(error instanceof Error ? error.message : "lost");
    }
  }

  #takeBatch(): readonly WriteOperation[] {
    const batch: WriteOperation[] = [];
    const settled: WriteOperation[] = [];
    let bytes = 0;
    for (const operation of this.#pending) {
      if (batch.length === BATCH_LIMIT || bytes > BATCH_LIMIT_BYTES) break;
      if (operation.isSettled) {
        settled.push(operation);
        continue;
      }
      batch.push(operation);
      bytes += operation.bytes;
    }
    this.#pending.splice(0, batch.length + settled.length);
    // Given up while they waited here: their slots do not wait for them any more.
    if (settled.length > 0) this.#listener.answered(settled, []);
    return batch;
  }
}
