import type { MaintenanceOptions } from "../../maintenance.ts";
import { nodeScheduler } from "../scheduler.ts";
import type { SurveyedSegment } from "../survey-log.ts";

/** Reading, copying, reading back. */
const PHASES = 3;

/** Tells how far a salvage is: its log is gone through once in each of three phases, about. */
export class SalvageProgress {
  readonly signal: AbortSignal | undefined;
  readonly #onProgress: MaintenanceOptions["onProgress"];
  readonly #starts = new Map<number, number>();
  #totalBytes = 0;
  #doneBytes = 0;
  #phase = 0;

  constructor(segments: readonly SurveyedSegment[], { onProgress, signal }: MaintenanceOptions) {
    this.signal = signal;
    this.#onProgress = onProgress;
    for (const { segment, lengthBytes } of segments) {
      this.#starts.set(segment, this.#totalBytes);
      this.#totalBytes += lengthBytes;
    }
  }

  /** Lets others go first, and throws when nobody waits any more. */
  async pause({ segment }: SurveyedSegment, readBytes: number): Promise<void> {
    await new Promise<void>((resolve) => nodeScheduler.endOfTurn(resolve));
    this.signal?.throwIfAborted();
    const done = (this.#starts.get(segment) ?? 0) + readBytes;
    this.tell(done / Math.max(1, this.#totalBytes));
  }

  /** How much of the phase is done. A phase that begins anew takes nothing back. */
  tell(share: number): void {
    const done = Math.floor((this.#phase + share) * this.#totalBytes);
    this.#doneBytes = Math.max(this.#doneBytes, done);
    this.#onProgress?.(this.#doneBytes, PHASES * this.#totalBytes);
  }

  nextPhase(): void {
    this.tell(1);
    this.#phase += 1;
  }
}
