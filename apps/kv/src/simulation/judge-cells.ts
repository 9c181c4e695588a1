import type { History } from "./history.ts";
import { describe, hasChanged, keepsOrder } from "./judge-requests.ts";
import { cellOf, type Entry, THERE } from "./ledger.ts";
import { type Request, type Told, verdictOf } from "./request.ts";
import { Violation } from "./violation.ts";

/** What a request has shown of one cell. */
export interface Glimpse {
  readonly request: Request;
  /** The first place in the cell at which it can have been; -1 is before the first entry. */
  readonly place: number;
}

/** What was shown of each cell. */
export type Glimpses = ReadonlyMap<string, readonly Glimpse[]>;

/** What a client was shown: a state of a cell, or only that there was one. */
type Seen = { readonly state: string | undefined } | "anything";

/**
 * Judges what all clients were told of each cell, together: nobody is shown less than was acknowledged, or shown to anybody, before
 * the request began, nor less than what its own connection has done before; and nothing that was never there.
 */
export function judgeCells({ requests, ledger }: History): Glimpses {
  const glimpses = new Map<string, Glimpse[]>();
  const told = requests.filter((request) => typeof verdictOf(request) === "object");
  for (const request of told) {
    for (const [cell, state] of deedsOf(request)) {
      const place = firstDone(ledger.entries(cell), request, state);
      if (place < 0) throw new Violation("told the truth", describe(request));
      glimpses.set(cell, [...(glimpses.get(cell) ?? []), { request, place }]);
    }
  }
  for (const request of told.toSorted((one, other) => one.settledMs - other.settledMs)) {
    for (const [cell, seen] of sightsOf(request)) {
      const known = glimpses.get(cell) ?? [];
      glimpses.set(cell, known);
      const floor = floorOf(request, known);
      known.push({ request, place: placeOf(ledger.entries(cell), seen, { request, floor, cell }) });
    }
  }
  return glimpses;
}

/** The first entry that `request` may have made, in the time in which it was under way; -1 when there is none. */
function firstDone(
  entries: readonly Entry[],
  { number, begunMs, settledMs }: Request,
  state: string | undefined,
): number {
  return entries.findIndex((entry) => {
    if (entry.state !== state) return false;
    if (entry.by !== undefined) return entry.by === number;
    return entry.atMs >= begunMs && entry.atMs <= settledMs;
  });
}

/** The last place that `request` must not go back behind. */
function floorOf(request: Request, known: readonly Glimpse[]): { place: number; why?: Request } {
  let floor: { place: number; why?: Request } = { place: -1 };
  for (const { request: earlier, place } of known) {
    const isBefore =
      earlier.settledMs < request.begunMs ||
      (earlier.connection === request.connection &&
        earlier.number < request.number &&
        keepsOrder(earlier, request));
    if (isBefore && place > floor.place) floor = { place, why: earlier };
  }
  return floor;
}

function placeOf(
  entries: readonly Entry[],
  seen: Seen,
  about: { request: Request; cell: string; floor: { place: number; why?: Request } },
): number {
  const { request, cell, floor } = about;
  const matches = ({ state, atMs }: Entry): boolean =>
    atMs <= request.settledMs && (seen === "anything" ? state !== undefined : state === seen.state);
  if (floor.place < 0 && seen !== "anything" && seen.state === undefined) return -1;
  const place = entries.findIndex((entry, index) => index >= floor.place && matches(entry));
  if (place >= 0) return place;
  const rule =
    entries.some(matches) || (seen !== "anything" && seen.state === undefined)
      ? "nothing lost"
      : "nothing invented";
  const why = floor.why === undefined ? "" : `, after ${describe(floor.why)}`;
  throw new Violation(rule, `${cell}: ${describe(request)}${why}`);
}

/** What `request` has shown, by cell. */
function sightsOf(request: Request): readonly (readonly [cell: string, seen: Seen])[] {
  const { demand } = request;
  const told = verdictOf(request);
  if (typeof told !== "object" || !("bucket" in demand)) return [];
  const bucket = cellOf(demand.bucket);
  if (told.type === "no-bucket") return [[bucket, { state: undefined }]];
  if (told.type === "exists") return [[bucket, { state: THERE }]];
  if (!("key" in demand)) return [];
  return [[bucket, { state: THERE }], ...sightsOfKey(told, cellOf(demand.bucket, demand.key))];
}

function sightsOfKey(told: Told, cell: string): readonly (readonly [cell: string, seen: Seen])[] {
  if (told.type === "found") return [[cell, { state: told.value }]];
  if (told.type === "missing") return [[cell, { state: undefined }]];
  return told.type === "conflict" ? [[cell, "anything"]] : [];
}

/** What `request` was told to have done, by cell. */
function deedsOf(
  request: Request,
): readonly (readonly [cell: string, state: string | undefined])[] {
  const { demand, number } = request;
  const told = verdictOf(request);
  if (typeof told !== "object" || !("bucket" in demand) || !hasChanged(told.type)) return [];
  if (!("key" in demand)) {
    return [[cellOf(demand.bucket), told.type === "created" ? THERE : undefined]];
  }
  const state = told.type === "stored" ? String(number) : undefined;
  return [[cellOf(demand.bucket, demand.key), state]];
}
