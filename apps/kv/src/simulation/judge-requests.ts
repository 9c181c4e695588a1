import type { History } from "./history.ts";
import type { Entry } from "./ledger.ts";
import { PAUSE_LIMIT_MS } from "./simulated-node.ts";
import { type Request, verdictOf } from "./request.ts";
import { Violation } from "./violation.ts";

/** How much later than its deadline a request may settle: its alarm, and the turns that its answer takes. */
const LATE_LIMIT_MS = 5;

/**
 * How long after its time a write may still be carried out: as long as one link may be silent before it is dropped with all that
 * lies unread on it, for each link on the way, and as long as a silence lasts of which nobody has noticed yet.
 */
const AFTERLIFE_LIMIT_MS = 4 * 3500;

/** Judges what each request was told by itself: once, in time, and truly. */
export function judgeRequests(history: History): void {
  for (const request of history.requests) {
    judgeEnd(request, history.tables === "move" ? PAUSE_LIMIT_MS : 0);
    judgeFate(request, history);
  }
}

function judgeEnd(request: Request, pauseMs: number): void {
  const { settled, begunMs, settledMs, thawedMs, timeoutMs } = request;
  const [end] = settled;
  if (settled.length > 1 || (settled.length === 0 && request.connection.isOpen)) {
    throw new Violation("settled once", describe(request));
  }
  if (end === undefined || !request.wasSent || request.demand.type === "count") return;
  // A process that stands still hears of nothing; when it goes on, all that was due comes at once.
  const dueMs = Math.max(begunMs + timeoutMs, thawedMs) + pauseMs;
  if (settledMs > dueMs + LATE_LIMIT_MS) throw new Violation("in time", describe(request));
}

/** What the stores have done for a put or a delete is what its client was told. */
function judgeFate(request: Request, { ledger, frozenMs }: History): void {
  const { type } = request.demand;
  if (type !== "put" && type !== "put-first" && type !== "delete") return;
  const done = ledger.doneBy(request.number);
  const verdict = verdictOf(request);
  if (done.length > 1) throw new Violation("applied once", describe(request, done));
  const isDone = typeof verdict === "object" && hasChanged(verdict.type);
  if (isDone && done.length === 0) throw new Violation("told the truth", describe(request));
  if (!isDone && verdict !== "unknown" && done.length > 0) {
    throw new Violation("told the truth", describe(request, done));
  }
  const [entry] = done;
  const lastMs = request.begunMs + request.timeoutMs + AFTERLIFE_LIMIT_MS + frozenMs;
  if (entry !== undefined && entry.atMs > lastMs) {
    throw new Violation("in time", describe(request, done));
  }
}

/** Whether an outcome of that type has changed something. */
export function hasChanged(type: string): boolean {
  return type === "stored" || type === "deleted" || type === "created" || type === "dropped";
}

/** Judges that what one connection has asked of a bucket was done in that order. */
export function judgeOrder({ requests, ledger, tables }: History): void {
  const latest = new Map<string, { request: Request; entry: Entry }>();
  for (const request of requests) {
    const { demand, connection } = request;
    if (!("bucket" in demand)) continue;
    const [entry] = ledger.doneBy(request.number);
    if (entry === undefined) continue;
    const way = `${connection.number} ${demand.bucket}`;
    const before = latest.get(way);
    // Of what nobody knows it is known that it may be done later, by a way that is not gone any more.
    const isHeld =
      before !== undefined &&
      (tables === "agree" || tables === "differ" || keepsOrder(before.request, request));
    if (isHeld && before.entry.order > entry.order) {
      throw new Violation("in order", `${describe(before.request)}; ${describe(request)}`);
    }
    if (before === undefined || before.entry.order < entry.order)
      latest.set(way, { request, entry });
  }
}

/**
 * Whether `later`, on the same connection and for the same bucket, has to see what `earlier` has done, although its answer was not
 * there yet: both went the same way. A node between them that is given another table in that time may send them different ways.
 */
export function keepsOrder(earlier: Request, later: Request): boolean {
  if (typeof verdictOf(earlier) !== "object" || typeof verdictOf(later) !== "object") return false;
  if (earlier.settledMs <= later.begunMs) return true;
  const [from, to] = [earlier.changesBefore, later.settledChanges];
  return to.all - from.all === to.own - from.own;
}

/** One request as a person reads it. */
export function describe(request: Request, done: readonly Entry[] = []): string {
  const { number, demand, node, begunMs, settledMs, settled } = request;
  const what =
    "bucket" in demand ? ` ${demand.bucket}${"key" in demand ? `/${demand.key}` : ""}` : "";
  const told = settled.map((end) => (end instanceof Error ? String(end) : JSON.stringify(end)));
  const applied = done.map(({ node: at, atMs }) => `, applied at ${at} at ${atMs.toFixed(1)}`);
  const times = `${begunMs.toFixed(1)} to ${settledMs.toFixed(1)} ms`;
  return `${demand.type}${what} (request ${number} at ${node}, connection ${request.connection.number}, ${times}) -> ${told.join(" and ")}${applied.join("")}`;
}
