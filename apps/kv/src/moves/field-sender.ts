import type { BucketName } from "../bucket-name.ts";
import type { MovedField } from "../remote/move-request.ts";
import { MoveRefused, type MoveTarget } from "./move-target.ts";

/** As much as goes into one request, unless one field alone has more. */
const batchLimitBytes = 256 * 2 ** 10;
const batchLimitKeys = 1000;

/** Which copy the fields belong to. */
export interface CopyPlace {
  readonly bucket: BucketName;
  readonly moveId: string;
  readonly target: MoveTarget;
}

/** Sends the parts of a copy, several in one request: the next when the one before is on the target's disk. */
export class FieldSender {
  readonly #place: CopyPlace;
  #fields: MovedField[] = [];
  #deletedKeys: Uint8Array[] = [];
  #pendingBytes = 0;
  #sentBytes = 0;

  constructor(place: CopyPlace) {
    this.#place = place;
  }

  /** Of keys and values, also of such as were sent again. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** The field as it is now, or with `undefined` that there is none. Rejects as {@link FieldSender.flush} does. */
  async add(key: Uint8Array, found: Omit<MovedField, "key"> | undefined): Promise<void> {
    const bytes = key.length + (found?.value.length ?? 0);
    if (this.#pendingBytes + bytes > batchLimitBytes || this.#pendingKeys >= batchLimitKeys) {
      await this.flush();
    }
    this.#pendingBytes += bytes;
    if (found === undefined) this.#deletedKeys.push(key);
    else this.#fields.push({ key, value: found.value, expiresAtMs: found.expiresAtMs });
  }

  /** Sends what is left; resolves when it is on the target's disk. Rejects with a `KvError`, or when it is refused with {@link MoveRefused}. */
  async flush(): Promise<void> {
    if (this.#pendingKeys === 0) return;
    const { bucket, moveId, target } = this.#place;
    const [fields, deletedKeys] = [this.#fields, this.#deletedKeys];
    this.#sentBytes += this.#pendingBytes;
    this.#fields = [];
    this.#deletedKeys = [];
    this.#pendingBytes = 0;
    const { outcome } = await target.moveFields({ bucket, moveId, fields, deletedKeys });
    if (outcome.type === "refused") throw new MoveRefused(outcome.reason);
  }

  get #pendingKeys(): number {
    return this.#fields.length + this.#deletedKeys.length;
  }
}
