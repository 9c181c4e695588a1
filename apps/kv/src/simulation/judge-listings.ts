import type { History } from "./history.ts";
import type { Glimpses } from "./judge-cells.ts";
import { describe } from "./judge-requests.ts";
import { formatRoutingText } from "../routing-text.ts";
import { cellOf, THERE } from "./ledger.ts";
import { type Request, verdictOf } from "./request.ts";
import { Violation } from "./violation.ts";

/**
 * Judges listings and counts: nothing is in them that was never there; and where all tables are alike, so that they name every node
 * that has buckets, nothing is left out that was there all the time.
 */
export function judgeListings(history: History, glimpses: Glimpses): void {
  for (const request of history.requests) {
    const told = verdictOf(request);
    if (typeof told !== "object") continue;
    const { buckets: listed, count } = told;
    if (listed === undefined && count === undefined) continue;
    const surely = history.buckets.filter((bucket) =>
      isSurelyThere(bucket, request, { history, glimpses }),
    );
    const perhaps = history.buckets.filter((bucket) =>
      history.ledger
        .entries(cellOf(bucket))
        .some(({ state, atMs }) => state === THERE && atMs <= request.settledMs),
    );
    const invented = listed?.filter((bucket) => !perhaps.includes(bucket)) ?? [];
    // A bucket that is on its way may be at both nodes when each of them counts.
    const isExact = history.tables !== "move" || request.begunMs >= history.restMs;
    if (invented.length > 0 || (isExact && (count ?? 0) > perhaps.length)) {
      throw new Violation("nothing invented", describe(request));
    }
    if (!isExact || !haveOneTable(history)) continue;
    const missing = surely.filter((bucket) => listed?.includes(bucket) === false);
    if (missing.length > 0 || (count ?? Infinity) < surely.length) {
      throw new Violation("no short list", `${describe(request)} lacks some of ${surely.join()}`);
    }
  }
}

/** A node that could not be reached when a table was applied goes by an old one, and may not know of all that have buckets. */
function haveOneTable({ tables, nodes }: History): boolean {
  if (tables !== "move") return tables === "agree";
  const texts = nodes.map(({ life }) => formatRoutingText(life?.placement.table ?? []));
  return new Set(texts).size === 1;
}

/** Whether it was known before `request` began that the bucket was there, and nobody has touched it since. */
function isSurelyThere(
  bucket: string,
  request: Request,
  { history, glimpses }: { readonly history: History; readonly glimpses: Glimpses },
): boolean {
  const entries = history.ledger
    .entries(cellOf(bucket))
    .filter(({ atMs }) => atMs <= request.settledMs);
  const last = entries.length - 1;
  const isKnown = glimpses
    .get(cellOf(bucket))
    ?.some((glimpse) => glimpse.place === last && glimpse.request.settledMs < request.begunMs);
  return entries[last]?.state === THERE && isKnown === true;
}
