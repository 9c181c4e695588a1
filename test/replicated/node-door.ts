import { ErrorReply } from "@redis/client";
import { type NodeRedis, openNodeRedis } from "../redis/clients/open-node-redis.ts";
import type { CellCondition, CellRead, CellWrite, WriterDoor } from "./writer-door.ts";
import type { Cell } from "./writer-ledger.ts";

const UNKNOWN = /; the write may have been applied$/u;
const REFUSED = /^ERR Cannot reach the replicated store: /u;

/**
 * The way through a KV node, over RESP. Each bucket has a connection of its own: replies keep the order of the requests, and a bucket
 * that waits for a fail-over would hold up the others.
 */
export class NodeDoor implements WriterDoor, AsyncDisposable {
  readonly #port: number;
  readonly #clients = new Map<string, Promise<NodeRedis>>();

  /** At the port where a node of this host, or of this network namespace, speaks RESP. */
  constructor(port: number) {
    this.#port = port;
  }

  async create(bucket: string): Promise<void> {
    await this.#ask(bucket, ["KV.CREATE", bucket]);
  }

  async read({ bucket, key }: Cell): Promise<CellRead> {
    try {
      const found = await this.#ask(bucket, ["KV.GET", bucket, key]);
      if (!Array.isArray(found)) return { type: "missing" };
      return { type: "found", value: String(found[0]), revision: String(found[1]) };
    } catch (error) {
      if (endOf(error) === "refused") return { type: "refused" };
      throw error;
    }
  }

  async write({ bucket, key }: Cell, value: string, condition?: CellCondition): Promise<CellWrite> {
    try {
      const answer = await this.#ask(bucket, requestFor({ bucket, key }, value, condition));
      return answer === null ? "conflict" : "stored";
    } catch (error) {
      return endOf(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    for (const client of clients) (await client).destroy();
  }

  async #ask(bucket: string, request: readonly string[]): Promise<unknown> {
    let client = this.#clients.get(bucket);
    if (client === undefined) {
      client = openNodeRedis({ port: this.#port, RESP: 2 });
      this.#clients.set(bucket, client);
    }
    return await (await client).sendCommand([...request]);
  }
}

function requestFor(
  { bucket, key }: Cell,
  value: string,
  condition: CellCondition | undefined,
): readonly string[] {
  if (condition === undefined) return ["HSET", bucket, key, value];
  const put = ["KV.PUT", bucket, key, value];
  return condition.type === "absent" ? [...put, "IFABSENT"] : [...put, "IFREV", condition.revision];
}

/** What an error says of the write; throws it again when it is none that a fault explains. */
function endOf(error: unknown): "refused" | "unknown" {
  if (error instanceof ErrorReply) {
    if (UNKNOWN.test(error.message)) return "unknown";
    if (REFUSED.test(error.message)) return "refused";
  }
  throw error;
}
