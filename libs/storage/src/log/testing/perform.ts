import type { Step, Wish } from "@kv/storage/conformance";
import type { Answer, Condition, Revision, Store } from "../../store.ts";

/** Does one step without waiting for the disk. A `wait` is nothing here: the clock is the caller's. */
export async function perform(store: Store, step: Step, nowMs: number): Promise<Answer<object>> {
  const timeOf = (livesMs: number | undefined): number | undefined =>
    livesMs === undefined ? undefined : nowMs + livesMs;
  switch (step.type) {
    case "create":
      return store.createBucket(step.bucket);
    case "drop":
      return store.dropBucket(step.bucket);
    case "get":
      return store.get(step.bucket, step.key);
    case "put": {
      const fields = step.fields.map(async ({ key, value, livesMs, wish }) => {
        const condition = await conditionFor(store, { bucket: step.bucket, key, wish });
        return { key, value, expiresAtMs: timeOf(livesMs), condition };
      });
      return store.put(step.bucket, await Promise.all(fields), step);
    }
    case "delete": {
      const [key] = step.keys;
      const condition = key && (await conditionFor(store, { ...step, key }));
      return store.delete(step.bucket, step.keys, condition);
    }
    case "expire":
      return store.expire(step.bucket, step.key, timeOf(step.livesMs));
    case "describe":
      return store.describeBucket(step.bucket);
    case "count":
      // Counts are for operators: they wait for nothing, and promise nothing.
      store.statistics();
      return { outcome: step, durable: undefined };
    case "list-buckets":
      return store.listBuckets(step);
    case "list-keys":
      return store.listKeys(step.bucket, step);
    case "wait":
      return { outcome: step, durable: undefined };
    default:
      throw new Error("No such step");
  }
}

async function conditionFor(
  store: Store,
  about: { readonly bucket: Uint8Array; readonly key: Uint8Array; readonly wish: Wish },
): Promise<Condition | undefined> {
  if (about.wish === "absent") return { type: "absent" };
  if (about.wish !== "current") return undefined;
  const { outcome } = await store.get(about.bucket, about.key);
  return outcome.type === "found" ? { type: "revision", revision: outcome.revision } : undefined;
}

/**
 * The revision of the mutation that made `outcome`; `undefined` when nothing was changed. That of an earlier
 * one when a put had no fields, or a bucket was found that was a kept one already.
 */
export function mutationOf(outcome: object): Revision | undefined {
  const changes = ["created", "exists", "dropped", "stored", "deleted", "updated"];
  if (!("type" in outcome) || typeof outcome.type !== "string") return undefined;
  if (!changes.includes(outcome.type) || !("revision" in outcome)) return undefined;
  return isRevision(outcome.revision) ? outcome.revision : undefined;
}

function isRevision(value: unknown): value is Revision {
  return typeof value === "number";
}

/** Everything in a store, as text that differs when anything does. */
export async function dump(store: Store): Promise<string> {
  const lines: string[] = [];
  const buckets = (await store.listBuckets()).outcome.page.entries;
  for (const { bucket, revision, expiresAtMs, lifetime } of buckets) {
    const life = lifetime === "transient" ? ", transient" : "";
    lines.push(`${hex(bucket)} at ${revision} until ${expiresAtMs}${life}`);
    const listed = (await store.listKeys(bucket)).outcome;
    for (const { key } of listed.type === "listed" ? listed.page.entries : []) {
      const found = (await store.get(bucket, key)).outcome;
      const value = found.type === "found" ? hex(found.value) : found.type;
      const rest = found.type === "found" ? `at ${found.revision} until ${found.expiresAtMs}` : "";
      lines.push(`  ${hex(key)} = ${value} ${rest}`);
    }
  }
  return lines.join("\n");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
