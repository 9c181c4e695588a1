import { setImmediate as nextTurn } from "node:timers/promises";
import { isApplicationError } from "../../errors.ts";
import type { FrameLink } from "../protocol/frame-link.ts";

/** Items gather to about so many characters of JSON before they go out as one message. */
const batchCharacters = 16 * 1024;

/** Sends what a command prints: many small items in few messages, each turn of the event loop at the latest. */
export class ItemSender {
  readonly #link: FrameLink;
  /** Each as JSON. */
  #items: string[] = [];
  #characters = 0;
  #isScheduled = false;
  #progress: string | undefined;

  constructor(link: FrameLink) {
    this.#link = link;
  }

  /**
   * Resolves when there is room for more; rejects with `CONTROL_GONE`. A batch that is full also lets the node do its
   * other work, since a command that only prints from memory would otherwise never end its turn.
   */
  async print(item: unknown): Promise<void> {
    this.#link.gone.throwIfAborted();
    const text = JSON.stringify(item) ?? "null";
    this.#items.push(text);
    this.#characters += text.length;
    if (this.#characters < batchCharacters) return this.#schedule();
    await this.flush();
    await nextTurn();
  }

  /** Sends the latest text of a turn. */
  progress(text: string): void {
    this.#progress = text;
    this.#schedule();
  }

  /** Sends what has gathered. */
  async flush(): Promise<void> {
    const items = this.#items;
    const text = this.#progress;
    this.#items = [];
    this.#characters = 0;
    this.#progress = undefined;
    // Both are handed over before anything is waited for: what another call sends comes after them.
    await Promise.all([
      text === undefined ? undefined : this.#link.send({ type: "progress", text }),
      items.length === 0
        ? undefined
        : this.#link.sendJson(`{"type":"items","items":[${items.join(",")}]}`),
    ]);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.flush().catch((error: unknown) => {
        // The command hears of that by its signal.
        if (!isApplicationError(error, "CONTROL_GONE")) throw error;
      });
    });
  }
}
