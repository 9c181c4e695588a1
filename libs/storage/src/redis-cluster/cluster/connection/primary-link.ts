import {
  type Durability,
  judge,
  obstacle,
  type Verdict,
} from "../acknowledgement/acknowledgement-rule.ts";
import { parseReplication, type ReplicationReport } from "../acknowledgement/replication-report.ts";
import type { Reply } from "../cluster.ts";
import { type NodeLine, parseNode, splitAddress } from "../topology/node-line.ts";
import { Link, LinkLostError, RefusedError } from "./link.ts";
import type { LinkOptions } from "./link-options.ts";

/** Which connection of which process: what a later one needs to have the server drop it. */
export interface LinkIdentity {
  readonly process: string;
  readonly client: number;
}

/** What is being proven: how far the primary's history had come behind the writes. */
export interface Proof {
  readonly verdict: Promise<Verdict>;
  /** Asks again on the same connection. */
  readonly again: () => Promise<Verdict>;
}

/** How long one WAIT holds the connection. Longer than any replica in health takes, short enough to look for one flagged as failed. */
const WAIT_MS = 100;

/** Where enough have answered and yet not the right ones, or not far enough: an impossible count, so that all are asked for their offsets at once. */
const ASK_ALL_MS = 10;

/** The connection to a primary for writes, which knows how to prove that they are kept. */
export class PrimaryLink {
  readonly link: Link;
  readonly identity: LinkIdentity;
  readonly #id: string;
  readonly #history: string;
  readonly #durability: Durability;
  #report: ReplicationReport;
  #replicas: readonly NodeLine[];
  /** What it said of them last. */
  #said: { readonly words: string; readonly replicas: readonly NodeLine[] } | undefined;

  private constructor(link: Link, about: Introduction, durability: Durability) {
    this.link = link;
    this.identity = about.identity;
    this.#id = about.id;
    this.#history = about.report.history;
    this.#durability = durability;
    this.#report = about.report;
    this.#replicas = about.replicas;
  }

  /**
   * Connects, and makes sure that the server is a primary. What is still unread of `former`, an earlier connection to the same process, is
   * dropped by the server first, so that it cannot be applied after what is sent on this one. Rejects with a `LinkLostError`.
   */
  static async open(
    address: string,
    options: LinkOptions & { readonly durability: Durability },
    former: LinkIdentity | undefined,
  ): Promise<PrimaryLink> {
    const link = await Link.open(address, options);
    const tooLate = setTimeout(() => {
      link.destroy(`it did not say who it is within ${options.connectTimeoutMs} ms`);
    }, options.connectTimeoutMs);
    try {
      return new PrimaryLink(link, await introduce(link, former), options.durability);
    } catch (error) {
      if (error instanceof RefusedError) link.destroy(error.message);
      throw error instanceof RefusedError
        ? new LinkLostError(`${address}: ${error.message}`, { cause: error })
        : error;
    } finally {
      clearTimeout(tooLate);
    }
  }

  /** Why a write that is sent now could not be kept, by what was heard last. */
  get obstacle(): string | undefined {
    return obstacle(this.#durability, this.#report, this.#replicas);
  }

  /** Asks anew for what `obstacle` is judged by. */
  async look(): Promise<void> {
    const [report, replicas] = await Promise.all([
      this.link.send(INFO),
      this.link.send(["CLUSTER", "REPLICAS", this.#id]),
    ]);
    this.#report = parseReplication(textOf(report));
    this.#replicas = this.#parse(replicas);
  }

  /** To be called in the same turn of the event loop in which the writes were sent, behind them. */
  prove(): Proof {
    if (this.#durability === "primary") {
      const kept: Verdict = { type: "kept" };
      return { verdict: Promise.resolve(kept), again: async () => kept };
    }
    const written = this.link.send(INFO).then((reply) => parseReplication(textOf(reply)));
    // Whoever reads the verdict hears of it there.
    written.catch(() => undefined);
    let live = this.#wanted();
    return {
      verdict: this.#ask(written, [live, WAIT_MS]),
      again: () => {
        const wanted = this.#wanted();
        const isMet = wanted <= live;
        live = wanted;
        return this.#ask(written, isMet ? [wanted + 1, ASK_ALL_MS] : [wanted, WAIT_MS]);
      },
    };
  }

  /** What it says of its replicas changes about once a second, when they have answered its pings. */
  #parse(reply: Reply): readonly NodeLine[] {
    const words = Array.isArray(reply) ? reply.map((line: Reply) => textOf(line)).join("\n") : "";
    if (words === this.#said?.words) return this.#said.replicas;
    const replicas = parseReplicas(reply, this.link.address);
    this.#said = { words, replicas };
    return replicas;
  }

  #wanted(): number {
    if (this.#durability === "one") return 1;
    return Math.max(1, this.#replicas.filter(({ isFailed }) => !isFailed).length);
  }

  async #ask(
    written: Promise<ReplicationReport>,
    [count, timeoutMs]: readonly [count: number, timeoutMs: number],
  ): Promise<Verdict> {
    const [, confirmed, replicas, before] = await Promise.all([
      this.link.send(["WAIT", String(count), String(timeoutMs)]).catch(orRefused),
      this.link.send(INFO),
      this.link.send(["CLUSTER", "REPLICAS", this.#id]).catch(orRefused),
      written,
    ]);
    this.#report = parseReplication(textOf(confirmed));
    // A server that is a replica by now does not answer to the question about its own.
    this.#replicas = replicas === undefined ? [] : this.#parse(replicas);
    return judge(this.#durability, {
      history: this.#history,
      written: before,
      confirmed: this.#report,
      replicas: this.#replicas,
    });
  }
}

const INFO = ["INFO", "replication"] as const;
const RUN_ID = /^run_id:(?<id>\w+)/mu;

interface Introduction {
  readonly identity: LinkIdentity;
  readonly id: string;
  readonly report: ReplicationReport;
  readonly replicas: readonly NodeLine[];
}

async function introduce(link: Link, former: LinkIdentity | undefined): Promise<Introduction> {
  const [myself, client, server, replication] = await Promise.all([
    link.send(["CLUSTER", "MYID"]),
    link.send(["CLIENT", "ID"]),
    link.send(["INFO", "server"]),
    link.send(INFO),
  ]);
  const report = parseReplication(textOf(replication));
  if (!report.isPrimary) link.destroy("it is a replica");
  const process = RUN_ID.exec(textOf(server))?.groups?.["id"] ?? "";
  if (former?.process === process) {
    // A user who may not do so, or a connection that is gone already: then there is nothing more to be done.
    await link.send(["CLIENT", "KILL", "ID", String(former.client)]).catch(orRefused);
  }
  const id = textOf(myself);
  const replicas = await link.send(["CLUSTER", "REPLICAS", id]);
  return {
    identity: { process, client: Number(client) },
    id,
    report,
    replicas: parseReplicas(replicas, link.address),
  };
}

function orRefused(error: unknown): undefined {
  if (!(error instanceof RefusedError)) throw error;
}

function parseReplicas(reply: Reply, address: string): readonly NodeLine[] {
  if (!Array.isArray(reply)) return [];
  const { host } = splitAddress(address);
  return reply.map((line: Reply) => parseNode(textOf(line), host));
}

/** A text reply as a string. */
export function textOf(reply: Reply): string {
  return Buffer.isBuffer(reply) ? reply.toString("utf8") : "";
}
