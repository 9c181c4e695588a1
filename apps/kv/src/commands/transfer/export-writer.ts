import { crc32 } from "node:zlib";
import { encodeLine, type ExportLine, type Tally } from "./export-line.ts";

/** Lines gather to about so many bytes before they are sent. */
const chunkBytes = 64 * 1024;

/** A checkpoint is written when so much has come since the last one: what a broken export has to do again at most. */
const checkpointBytes = 1024 * 1024;

/** Counts and sends the lines of an export. */
export class ExportWriter {
  readonly #send: (bytes: Uint8Array) => Promise<void>;
  #lines: string[] = [];
  #characters = 0;
  #buckets: number;
  #keys: number;
  /** Of what has been sent. */
  #crc32: number;
  #sinceCheckpoint = 0;

  /** `before` is what stands in the export already. */
  constructor(before: Tally, send: (bytes: Uint8Array) => Promise<void>) {
    this.#send = send;
    this.#buckets = before.buckets;
    this.#keys = before.keys;
    this.#crc32 = before.crc32;
  }

  get buckets(): number {
    return this.#buckets;
  }

  get keys(): number {
    return this.#keys;
  }

  /** Whether it is time for a checkpoint. */
  get wantsCheckpoint(): boolean {
    return this.#sinceCheckpoint >= checkpointBytes;
  }

  /** Resolves when there is room for more. */
  async write(line: ExportLine): Promise<void> {
    if (line.type === "bucket") this.#buckets++;
    if (line.type === "key") this.#keys++;
    const text = encodeLine(line);
    this.#lines.push(text);
    this.#characters += text.length;
    this.#sinceCheckpoint += text.length;
    if (this.#characters >= chunkBytes) await this.flush();
  }

  /** Writes a line that holds the tally of all before it. */
  async writeMark(
    line: Omit<Extract<ExportLine, { type: "checkpoint" }>, keyof Tally> | { readonly type: "end" },
  ): Promise<void> {
    await this.flush();
    const tally = { buckets: this.#buckets, keys: this.#keys, crc32: this.#crc32 };
    await this.write({ ...line, ...tally });
    this.#sinceCheckpoint = 0;
  }

  /** Sends what has gathered. */
  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(this.#lines.join(""));
    this.#lines = [];
    this.#characters = 0;
    this.#crc32 = crc32(bytes, this.#crc32);
    await this.#send(bytes);
  }
}
