import type { Cursor, Page } from "../../page.ts";
import type { ListedKey } from "../../store.ts";
import type { Reply } from "../cluster/cluster.ts";
import { type KeysPlace, keysCursor, keysPlace, runOf } from "./list-cursor.ts";
import { orderedPart } from "./ordered-page.ts";
import { bytesOf, membersOf, textOf, timeOf } from "./reply-parts.ts";
import { revisionOf } from "./revision-text.ts";

/** Asks for a page: the cursor of `HSCAN`, how many, and whether all are wanted. Answers as the script `LIST_KEYS` does. */
export type AskKeys = (scan: string, count: number, isAll: boolean) => Promise<Reply>;

const BEGINNING: KeysPlace = { type: "scan", run: 0, scan: 0 };

/** What the server says at the end of a hash that it hands out as a whole. */
const ALL = "all";

/**
 * A page of a bucket's keys; `undefined` where there is no bucket. Of a bucket with many keys the server's own cursor is followed: it is good for one run of one server, and
 * where another answers the listing begins anew, so that keys come twice and none is missed. One with few comes as a whole, and is
 * parted here.
 */
export async function listKeysOf(
  ask: AskKeys,
  { cursor, limit }: { readonly cursor: Cursor | undefined; readonly limit: number },
): Promise<Page<ListedKey> | undefined> {
  const place = cursor === undefined ? BEGINNING : keysPlace(cursor);
  if (place.type === "ordered") return partOf(await ask("0", limit, true), place.from, limit);
  const reply = await ask(String(place.scan), limit, false);
  if (reply === null) return undefined;
  const [run, next] = membersOf(reply);
  if (textOf(next) === ALL) return partOf(reply, 0, limit);
  if (place.scan !== 0 && runOf(textOf(run)) !== place.run) {
    return await listKeysOf(ask, { cursor: undefined, limit });
  }
  const scan = Number(textOf(next));
  const goesOn = { type: "scan", run: runOf(textOf(run)), scan } as const;
  return { entries: keysIn(reply), next: scan === 0 ? undefined : keysCursor(goesOn) };
}

function partOf(reply: Reply, from: number, limit: number): Page<ListedKey> | undefined {
  if (reply === null) return undefined;
  const { entries, next } = orderedPart(keysIn(reply), ({ key }) => key, { from, limit });
  return {
    entries,
    next: next === undefined ? undefined : keysCursor({ type: "ordered", from: next }),
  };
}

function keysIn(reply: Reply): readonly ListedKey[] {
  const members = membersOf(reply);
  const keys: ListedKey[] = [];
  for (let at = 2; at < members.length; at += 4) {
    keys.push({
      key: Uint8Array.from(bytesOf(members[at])),
      revision: revisionOf(textOf(members[at + 1]), textOf(members[at + 2])),
      expiresAtMs: timeOf(textOf(members[at + 3])),
    });
  }
  return keys;
}
