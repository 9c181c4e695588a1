import { setTimeout as pause } from "node:timers/promises";
import { within } from "../../harness/deadline.ts";
import type { Random } from "../../harness/random.ts";
import { RequestDeck } from "./draw-requests.ts";
import type { Records } from "./records.ts";
import type { Request, Speech, Target } from "./request.ts";
import type { Stage } from "./stage.ts";

/** Who a client is, and how it behaves. */
export interface ClientOptions {
  readonly name: string;
  readonly targets: readonly Target[];
  /** The node that it asks, unless it is away or the client moves on. */
  readonly home: string;
  /** It waits no longer for an answer, and asks somebody else. */
  readonly patienceMs: number;
  /** Most requests that it sends at a time. */
  readonly depth: number;
  /** Its longest thought between two batches. */
  readonly thinkMs: number;
}

/** Where a client works. */
export interface Workplace {
  readonly stage: Stage;
  readonly records: Records;
  /** No more requests are begun then. */
  readonly signal: AbortSignal;
}

/** Asks one node after another, on one connection at a time, until `signal`. What it sent and got no answer to stays unknown. */
export async function work<Connection extends AsyncDisposable>(
  speech: Speech<Connection>,
  options: ClientOptions,
  { random, ...workplace }: Workplace & { readonly random: Random },
): Promise<void> {
  const deck = new RequestDeck(options.name, options.targets, random.fork());
  const { stage, signal } = workplace;
  while (!signal.aborted) {
    const node = random.chance(75) ? options.home : random.pick(stage.names);
    const connection = await connected(speech, stage.portOf(node, speech.name), options);
    if (connection !== undefined) {
      await using visited = connection;
      const visit = new Visit(speech, visited, { ...options, ...workplace, node, deck });
      // A while on one connection, then perhaps on one to another node.
      for (let batch = random.integer(1, 200); batch > 0 && !signal.aborted; batch--) {
        const count = random.chance(60) ? 1 : random.integer(2, options.depth);
        if (!(await visit.ask(deck.draw(count, speech.name)))) break;
        await pause(random.integer(0, options.thinkMs));
      }
    }
    await pause(random.integer(0, options.thinkMs));
  }
}

async function connected<Connection extends AsyncDisposable>(
  speech: Speech<Connection>,
  port: number | undefined,
  { patienceMs }: ClientOptions,
): Promise<Connection | undefined> {
  if (port === undefined) return undefined;
  const connecting = speech.connect(port);
  try {
    return await within(connecting, "a connection", patienceMs);
  } catch {
    // The node has just gone, or does not even accept: nothing was sent. Should it accept yet, it is too late.
    void connecting.then((connection) => connection[Symbol.asyncDispose]()).catch(() => {});
    return undefined;
  }
}

type VisitOptions = ClientOptions &
  Workplace & { readonly node: string; readonly deck: RequestDeck };

/** One connection of a client to one node. */
class Visit<Connection> {
  readonly #speech: Speech<Connection>;
  readonly #connection: Connection;
  readonly #options: VisitOptions;

  constructor(speech: Speech<Connection>, connection: Connection, options: VisitOptions) {
    this.#speech = speech;
    this.#connection = connection;
    this.#options = options;
  }

  /** Sends `requests` in one write; false when the answers do not all come. */
  async ask(requests: readonly Request[]): Promise<boolean> {
    const { name, node, records, deck, patienceMs } = this.#options;
    const way = `${node}, ${this.#speech.name}`;
    const open = requests.map((request) => ({
      request,
      settle: records.begin(request, { client: name, way }),
    }));
    this.#speech.send(this.#connection, requests);
    for (const [index, { request, settle }] of open.entries()) {
      try {
        const receipt = this.#speech.receive(this.#connection, request);
        const answer = await within(receipt, "an answer", patienceMs);
        settle(answer);
        if (answer.seen !== undefined) deck.note(request.target, answer.seen);
      } catch {
        // The connection was cut, or the node takes too long: of all these nobody knows.
        for (const { settle: giveUp } of open.slice(index)) giveUp(undefined);
        return false;
      }
    }
    return true;
  }
}
