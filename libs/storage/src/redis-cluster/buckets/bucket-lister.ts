import type { Cursor, Page } from "../../page.ts";
import { StorageError } from "../../errors.ts";
import type { Cluster, SlotView } from "../cluster/cluster.ts";
import { bucketOf } from "./bucket-hash.ts";
import { bucketsCursor, bucketsPlace } from "./list-cursor.ts";
import { orderedPart } from "./ordered-page.ts";
import { bytesOf, membersOf, numberOf } from "./reply-parts.ts";

const SLOTS = 16_384;

/** How many slots are asked for together: at first, and at most. */
const FIRST_SLOTS = 16;
const MOST_SLOTS = 4096;

/**
 * The keys in each of some slots, as `CLUSTER GETKEYSINSLOT` has them: none for a slot that the server does not have. All in one call: thousands of small
 * ones take a quarter of a second.
 */
const KEYS_IN_SLOTS = `
local lists = {}
for at = 1, #ARGV, 2 do
  for slot = tonumber(ARGV[at]), tonumber(ARGV[at + 1]) do
    local keys = redis.call('CLUSTER', 'GETKEYSINSLOT', slot, 2147483647)
    if #keys > 0 then
      lists[#lists + 1] = slot
      lists[#lists + 1] = keys
    end
  end
end
return lists`;

/** A bucket's hash and its name. */
interface Named {
  readonly hash: Buffer;
  readonly bucket: Buffer;
}

/**
 * A page of the hashes of all buckets, slot by slot. A slot that moves from one primary to another while it is looked at is asked for at all
 * primaries: its buckets are with either. Rejects with `STORAGE_UNAVAILABLE` where a primary cannot be asked, or a slot has none: never a short list.
 */
export async function listHashes(
  cluster: Cluster,
  { cursor, limit }: { readonly cursor: Cursor | undefined; readonly limit: number },
): Promise<Page<Named>> {
  let { slot, from } = cursor === undefined ? { slot: 0, from: 0 } : bucketsPlace(cursor);
  const entries: Named[] = [];
  let count = FIRST_SLOTS;
  let view = await cluster.slots();
  while (slot < SLOTS) {
    const end = Math.min(SLOTS, slot + count);
    const found = await namesIn(cluster, view, slot, end);
    // What has moved meanwhile was on its way before it was missed.
    const after = await cluster.slots();
    await addMoved(cluster, { before: view, after, slot, end }, found);
    view = after;
    for (; slot < end; slot += 1, from = 0) {
      const names = found.get(slot) ?? [];
      const room = { from, limit: limit - entries.length };
      const part = orderedPart(names, ({ bucket }) => bucket, room);
      if (entries.length === limit && (part.next ?? names.length) > 0) {
        return { entries, next: bucketsCursor({ slot, from }) };
      }
      entries.push(...part.entries);
      if (part.next !== undefined) {
        return { entries, next: bucketsCursor({ slot, from: part.next }) };
      }
    }
    if (entries.length >= limit && slot < SLOTS) {
      return { entries, next: bucketsCursor({ slot, from: 0 }) };
    }
    count = Math.min(MOST_SLOTS, count * 4);
  }
  return { entries, next: undefined };
}

type Found = ReadonlyMap<number, readonly Named[]>;

async function namesIn(
  cluster: Cluster,
  { owners }: SlotView,
  ...[start, end]: readonly [start: number, end: number]
): Promise<Map<number, readonly Named[]>> {
  const byOwner = new Map<string, number[]>();
  for (let slot = start; slot < end; slot += 1) {
    const owner = owners[slot];
    if (owner === undefined) throw noPrimary(slot);
    const slots = byOwner.get(owner) ?? [];
    slots.push(slot);
    byOwner.set(owner, slots);
  }
  const lists = await Promise.all(
    [...byOwner].map(([owner, slots]) => namesAt(cluster, owner, slots)),
  );
  return new Map(lists.flatMap((list) => Array.from(list)));
}

interface Span {
  readonly before: SlotView;
  readonly after: SlotView;
  readonly slot: number;
  readonly end: number;
}

async function addMoved(
  cluster: Cluster,
  span: Span,
  found: Map<number, readonly Named[]>,
): Promise<void> {
  const { before, after } = span;
  const primaries = new Set([...before.owners, ...after.owners]);
  for (let slot = span.slot; slot < span.end; slot += 1) {
    const isStill =
      before.owners[slot] === after.owners[slot] &&
      !before.moving.has(slot) &&
      !after.moving.has(slot);
    if (isStill) continue;
    const names = new Map<string, Named>();
    const lists: Found[] = [found];
    for (const primary of primaries) {
      if (primary !== undefined) lists.push(await namesAt(cluster, primary, [slot]));
    }
    for (const named of lists.flatMap((list) => list.get(slot) ?? [])) {
      names.set(named.hash.toString("latin1"), named);
    }
    found.set(slot, [...names.values()]);
  }
}

/** What one primary has in some slots; nothing where it is no primary any more. */
async function namesAt(
  cluster: Cluster,
  primary: string,
  slots: readonly number[],
): Promise<Found> {
  const command = ["EVAL_RO", KEYS_IN_SLOTS, "0", ...rangesOf(slots)];
  const members = membersOf((await cluster.readFrom(primary, command)) ?? []);
  const lists = new Map<number, readonly Named[]>();
  for (let at = 0; at < members.length; at += 2) {
    const names = membersOf(members[at + 1] ?? null).flatMap((member) => {
      const hash = bytesOf(member);
      const bucket = bucketOf(hash);
      return bucket === undefined ? [] : [{ hash, bucket }];
    });
    lists.set(numberOf(members[at]), names);
  }
  return lists;
}

/** The first and the last of all that follow each other. */
function rangesOf(slots: readonly number[]): readonly string[] {
  const bounds: string[] = [];
  for (const [at, slot] of slots.entries()) {
    if (slots[at - 1] !== slot - 1) bounds.push(String(slot));
    if (slots[at + 1] !== slot + 1) bounds.push(String(slot));
  }
  return bounds;
}

function noPrimary(slot: number): StorageError {
  return new StorageError("STORAGE_UNAVAILABLE", { reason: `slot ${slot} has no primary` });
}
