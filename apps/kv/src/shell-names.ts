import type { ShellEntries } from "@kv/application";
import { type BucketName, parseBucketName } from "./bucket-name.ts";
import { allBuckets } from "./commands/buckets.ts";
import { noBucket } from "./commands/no-bucket.ts";
import { settled } from "./commands/settled.ts";
import type { Revision } from "@kv/storage";
import type { NodeKv } from "./kv.ts";
import { quoteBytes } from "./quote-bytes.ts";

/** The buckets of the whole system, for who types JavaScript: names, keys and values are text. */
export interface ShellKv {
  /** Makes a bucket, unless it is there. */
  create(bucket: string): Promise<void>;
  /** `undefined` for a key that is not there. Rejects, as the others do, when there is no such bucket. */
  get(bucket: string, key: string): Promise<string | undefined>;
  /** Resolves with the new revision, once it is on the disk. */
  put(bucket: string, key: string, value: string): Promise<Revision>;
  /** Resolves with whether the key was there. */
  delete(bucket: string, key: string): Promise<boolean>;
  /** The names of the buckets that this node stores itself. */
  buckets(): Promise<readonly string[]>;
  /** What applications are given: bytes, and outcomes. */
  readonly api: NodeKv;
}

/** The names that kv brings to operators' code. */
export function shellNames(api: NodeKv): ShellEntries {
  const doc = [
    "The buckets, with names, keys and values as text.",
    '  await kv.create("shopping")',
    '  await kv.put("shopping", "milk", "1")',
    '  await kv.get("shopping", "milk")',
    '  await kv.delete("shopping", "milk")',
    "  await kv.buckets()      those that this node stores",
    "  kv.api                  bytes and outcomes, as applications have them",
  ];
  return { kv: { value: shellKv(api), doc: doc.join("\n") } };
}

function shellKv(api: NodeKv): ShellKv {
  return {
    api,
    async create(bucket) {
      await settled(`create ${bucket}`, () => api.createBucket(named(bucket)));
    },
    async get(bucket, key) {
      const name = named(bucket);
      const action = `get ${key}`;
      const outcome = await settled(action, () => api.get(name, Buffer.from(key)));
      if (outcome.type === "no-bucket") throw noBucket(action, name);
      return outcome.type === "missing" ? undefined : Buffer.from(outcome.value).toString();
    },
    async put(bucket, key, value) {
      const name = named(bucket);
      const action = `put ${key}`;
      const field = { key: Buffer.from(key), value: Buffer.from(value) };
      const outcome = await settled(action, () => api.put(name, [field]));
      if (outcome.type === "no-bucket") throw noBucket(action, name);
      if (outcome.type === "conflict") throw new Error("a put without a condition has no conflict");
      return outcome.revision;
    },
    async delete(bucket, key) {
      const name = named(bucket);
      const action = `delete ${key}`;
      const outcome = await settled(action, () => api.delete(name, [Buffer.from(key)]));
      if (outcome.type === "no-bucket") throw noBucket(action, name);
      return outcome.type === "deleted" && outcome.removed === 1;
    },
    async buckets() {
      const names: string[] = [];
      for await (const { bucket } of allBuckets(api)) names.push(Buffer.from(bucket).toString());
      return names;
    },
  };
}

function named(bucket: string): BucketName {
  const name = parseBucketName(Buffer.from(bucket));
  if (name !== undefined) return name;
  throw new Error(`${quoteBytes(Buffer.from(bucket))} names no bucket: a name has 1 to 255 bytes`);
}
