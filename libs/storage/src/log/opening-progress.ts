import type { Clock } from "../clock.ts";
import { emit } from "../events.ts";

/** An opening that takes longer says how far it is, and again after as long. */
const SILENCE_MS = 2000;

/** Tells by events, now and then, how far an opening has come. */
export class OpeningProgress {
  readonly #path: string;
  readonly #clock: Clock;
  #toldAtMs: number;

  constructor({ path, clock }: { readonly path: string; readonly clock: Clock }) {
    this.#path = path;
    this.#clock = clock;
    this.#toldAtMs = clock();
  }

  /** So many bytes of the log have been read. */
  readBytes(doneBytes: number, totalBytes: number): void {
    this.#tell(doneBytes / totalBytes, "its log is read");
  }

  /** So many keys of the index snapshot have been loaded. */
  loadKeys(keys: number, ofKeys: number): void {
    this.#tell(keys / ofKeys, "its index snapshot is loaded");
  }

  #tell(share: number, what: string): void {
    const nowMs = this.#clock();
    if (nowMs - this.#toldAtMs < SILENCE_MS) return;
    this.#toldAtMs = nowMs;
    const percent = Math.floor(100 * share);
    const path = this.#path;
    const message = `Opening the store at "${path}": ${percent} % of ${what}`;
    emit({ level: "info", type: "opening", message, path, percent });
  }
}
