import type { NodeName } from "@kv/cluster";
import type { Cursor, Store } from "@kv/storage";
import { type BucketName, parseBucketName } from "../bucket-name.ts";
import type { Misplaced } from "../moves/mover.ts";
import type { CompiledRoutingTable } from "../routing-table.ts";

/** By which buckets are misplaced. */
export interface MisplacedOptions {
  readonly self: NodeName;
  /** Asked for every page. */
  readonly owners: () => CompiledRoutingTable;
  /** Whether a bucket that lies in the store is served from there. */
  readonly isServed: (bucket: BucketName) => boolean;
}

/** The buckets that `store` serves and that others own; none where there is no store. */
export async function* misplacedIn(
  store: Store | "none" | undefined,
  { self, owners, isServed }: MisplacedOptions,
): AsyncGenerator<Misplaced> {
  if (store === undefined || store === "none") return;
  let cursor: Cursor | undefined;
  do {
    const wanted = owners();
    const { outcome } = await store.listBuckets({ cursor });
    cursor = outcome.page.next;
    for (const { bucket: bytes } of outcome.page.entries) {
      const to = wanted[bytes[0] ?? 0];
      const bucket = parseBucketName(bytes);
      if (bucket === undefined || to === undefined || to === self) continue;
      if (isServed(bucket)) yield { bucket, to };
    }
  } while (cursor !== undefined);
}
