/**
 * Judges what the clients of all nodes wrote down.
 *
 * Each cell (a key of a bucket) has one writer, which sends over one connection. So its writes are in one order, and a cell's
 * history is right when the reads can be given numbers of writes such that each has read what its write wrote; that
 * write was not refused; it was sent before the read's reply came; and it is no older than any write that was acknowledged,
 * or seen by another read, before this read was sent. What a cell holds in the end is a read like all others, with
 * every write before it. A write of which it is not known whether it was applied may be seen or not; but never once a
 * later one was acknowledged, or seen.
 */
import { nodeBlamedBy, type Outcome, outcomeOf } from "./outcome.ts";
import type { Entry, Listing } from "./journal.ts";

/** What the clients were promised and did not get. */
export interface Flaw {
  /**
   * *lost*: nothing is there, and a write was promised; *reverted*: an older value is; *invented*: something nobody wrote to
   * this cell is; *refused*: what was surely not applied is; *early*: what was not sent yet is; *wrong-reply*: a reply that
   * there is no reason for; *short-list*: not all buckets, and no error; *disturbed*: an error though nothing was in the way.
   */
  readonly type:
    | "lost"
    | "reverted"
    | "invented"
    | "refused"
    | "early"
    | "wrong-reply"
    | "short-list"
    | "disturbed";
  readonly message: string;
}

/** What the judge knows beside the entries. */
export interface AuditOptions {
  /** The node that the routing table names for a bucket. */
  readonly ownerOf: (bucket: string) => string;
  /** All buckets, sorted. */
  readonly buckets: readonly string[];
  /** Whether something was in the way, at some time while the request was under way, between who was asked and `owner`. */
  readonly isExcused: (request: Pick<Entry, "front" | "from" | "to">, owner: string) => boolean;
}

/** What was found. */
export interface AuditReport {
  readonly flaws: readonly Flaw[];
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly reads: number;
}

/** Judges all entries; those of one cell's writes are in the order in which they were sent. */
export function audit(entries: readonly Entry[], options: AuditOptions): AuditReport {
  const outcomes = { acknowledged: 0, unknown: 0, refused: 0 };
  const flaws: Flaw[] = [];
  const cells = new Map<string, Cell>();
  let reads = 0;
  for (const entry of entries) {
    const outcome = outcomeOf(entry);
    flaws.push(...judgeReply(entry, outcome, options));
    if (outcome === undefined) continue;
    const name = `${entry.bucket} ${entry.key}`;
    const cell = cells.get(name) ?? new Cell(name);
    cells.set(name, cell);
    if (entry.kind !== "get") {
      outcomes[outcome] += 1;
      cell.writes.push({ ...entry, outcome });
    } else if (outcome === "acknowledged") {
      reads += 1;
      cell.reads.push(entry);
    }
  }
  flaws.push(...[...cells.values()].flatMap((cell) => cell.judge()));
  return { flaws, outcomes, reads };
}

function judgeReply(
  entry: Entry,
  outcome: Outcome | undefined,
  { ownerOf, isExcused }: AuditOptions,
): readonly Flaw[] {
  if (outcome === "acknowledged") return [];
  const owner = ownerOf(entry.bucket);
  const told = `${entry.kind} ${entry.bucket} ${entry.key} through ${entry.front} was answered ${entry.reply}`;
  if (outcome === undefined || nodeBlamedBy(entry.reply) !== owner) {
    return [{ type: "wrong-reply", message: told }];
  }
  if (isExcused(entry, owner)) return [];
  return [{ type: "disturbed", message: `${told}, and nothing was in the way` }];
}

/** Judges listings: each has all buckets, or names the node that could not be asked. */
export function auditListings(
  listings: readonly Listing[],
  { buckets, isExcused }: AuditOptions,
): readonly Flaw[] {
  return listings.flatMap((listing): readonly Flaw[] => {
    const { front, reply } = listing;
    const told = `buckets were listed through ${front} as ${String(reply)}`;
    if (typeof reply !== "string") {
      if (reply.join(" ") === buckets.join(" ")) return [];
      return [{ type: "short-list", message: told }];
    }
    const blamed = nodeBlamedBy(reply.replace(/^-ERR /u, "ERROR "));
    if (blamed === undefined) return [{ type: "wrong-reply", message: told }];
    if (isExcused(listing, blamed)) return [];
    return [{ type: "disturbed", message: `${told}, and nothing was in the way` }];
  });
}

interface Write extends Pick<Entry, "value" | "from" | "to"> {
  readonly outcome: Outcome;
}

/** Before all writes there is nothing in a cell. */
const BEGINNING: Write = { from: -1, to: -1, outcome: "acknowledged" };

class Cell {
  readonly #name: string;
  readonly writes: Write[] = [BEGINNING];
  readonly reads: Entry[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  judge(): readonly Flaw[] {
    const flaws: Flaw[] = [];
    /** The newest write that is known to have been applied at this moment. */
    let newest = 0;
    const floors = new Map<Entry, number>();
    for (const { at, write, read } of this.#moments()) {
      if (write !== undefined) newest = Math.max(newest, write);
      else if (read !== undefined && at === "sent") floors.set(read, newest);
      else if (read !== undefined) {
        const found = this.#find(read, Math.max(floors.get(read) ?? 0, this.#floorBehind(read)));
        if (typeof found === "number") newest = Math.max(newest, found);
        else flaws.push(found);
      }
    }
    // What follows from it says nothing more.
    return flaws.slice(0, 1);
  }

  /** All that tells something, in the order of time; of what comes at one moment, that which demands least goes first. */
  #moments() {
    const acknowledged = this.writes.flatMap(({ to, outcome }, write) =>
      outcome === "acknowledged"
        ? [{ time: to, rank: 1, at: "answered" as const, write, read: undefined }]
        : [],
    );
    const reads = this.reads.flatMap((read) => [
      { time: read.from, rank: 0, at: "sent" as const, write: undefined, read },
      { time: read.to, rank: 1, at: "answered" as const, write: undefined, read },
    ]);
    return [...acknowledged, ...reads].toSorted((a, b) => a.time - b.time || a.rank - b.rank);
  }

  /** The acknowledged writes that went ahead of a read on its own connection have to be seen by it. */
  #floorBehind({ behind = 0 }: Entry): number {
    return this.writes.findLastIndex(
      ({ outcome }, write) => write <= behind && outcome === "acknowledged",
    );
  }

  /** The oldest write that `read` can have seen, or what is wrong with it. */
  #find(read: Entry, floor: number): number | Flaw {
    const last = read.behind ?? this.writes.length - 1;
    const seen = this.writes.flatMap(({ value }, write) => (value === read.value ? [write] : []));
    const applied = seen.filter((write) => this.writes[write]?.outcome !== "refused");
    const sent = applied.filter(
      (write) => write <= last && (this.writes[write]?.from ?? 0) <= read.to,
    );
    const fit = sent.find((write) => write >= floor);
    if (fit !== undefined) return fit;
    const type =
      seen.length === 0
        ? "invented"
        : applied.length === 0
          ? "refused"
          : sent.length === 0
            ? "early"
            : read.value === undefined
              ? "lost"
              : "reverted";
    const promised = this.writes[floor]?.value ?? "nothing";
    const message = `${this.#name}: ${type}: read ${read.value ?? "nothing"} through ${read.front}, promised ${promised}`;
    return { type, message };
  }
}
