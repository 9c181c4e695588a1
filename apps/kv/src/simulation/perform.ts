import type { Cursor } from "@kv/storage";
import { type BucketName, parseBucketName } from "../bucket-name.ts";
import { mapServed } from "../map-served.ts";
import type { Served } from "../remote/later.ts";
import type { Router } from "../router.ts";
import { markOf } from "./ledger.ts";
import type { Request, Told } from "./request.ts";

/** Whom a client asks. */
export interface Asked {
  readonly router: Router;
}

/** Entries of a page of a listing: few, so that it takes several. */
const PAGE_LIMIT = 2;

/** Asks the node for what `request` is for. Throws what the router throws. */
export function perform({ router }: Asked, { demand, number }: Request): Served<Told> {
  switch (demand.type) {
    case "create":
      return mapServed(router.createBucket(nameOf(demand.bucket)), onlyType);
    case "drop":
      return mapServed(router.dropBucket(nameOf(demand.bucket)), onlyType);
    case "put":
    case "put-first": {
      const condition = demand.type === "put" ? undefined : ({ type: "absent" } as const);
      const field = { key: bytesOf(demand.key), value: bytesOf(String(number)), condition };
      return mapServed(router.put(nameOf(demand.bucket), [field]), onlyType);
    }
    case "delete": {
      const keys = [bytesOf(demand.key), bytesOf(markOf(number))];
      return mapServed(router.delete(nameOf(demand.bucket), keys), onlyType);
    }
    case "get":
      return mapServed(router.get(nameOf(demand.bucket), bytesOf(demand.key)), (outcome): Told => {
        if (outcome.type !== "found") return outcome;
        return { type: "found", value: Buffer.from(outcome.value).toString() };
      });
    case "count":
      return mapServed(
        router.countBuckets(),
        ({ type, buckets }): Told => ({ type, count: buckets }),
      );
    case "list":
  }
  return listAll(router);
}

/** Follows a listing to its end. */
async function listAll(router: Router): Promise<{ outcome: Told; durable: undefined }> {
  const buckets: string[] = [];
  let cursor: Cursor | undefined;
  do {
    const { outcome, durable } = await router.listBuckets({ cursor, limit: PAGE_LIMIT });
    await durable;
    buckets.push(...outcome.page.entries.map(({ bucket }) => Buffer.from(bucket).toString()));
    cursor = outcome.page.next;
  } while (cursor !== undefined);
  return { outcome: { type: "listed", buckets }, durable: undefined };
}

function onlyType({ type }: { readonly type: string }): Told {
  return { type };
}

function nameOf(text: string): BucketName {
  const name = parseBucketName(bytesOf(text));
  if (name === undefined) throw new RangeError(`"${text}" is no bucket name`);
  return name;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
