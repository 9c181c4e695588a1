import { KvError } from "../errors.ts";
import { type NodeName, parseNodeName } from "@kv/cluster";

/** The nodes that have passed a request on, in order, and how they are written down: what is sent with every request. */
export interface Hops {
  readonly nodes: readonly NodeName[];
  /** Each name behind its length in a byte; at most 2 KiB. Not to be written to. */
  readonly bytes: Uint8Array;
  /**
   * Whether the node, which asks for a bucket that is its own now, asks one that had it by a table from before. Such a request is
   * passed on by nobody.
   */
  readonly asksFormerOwner?: true;
}

/** As many nodes pass a request on: more than any table needs, and few enough for a loop without end to stay small. */
export const hopLimit = 8;

/** No node: of a request that begins here. */
export const NO_HOPS: Hops = { nodes: [], bytes: new Uint8Array() };

/**
 * `hops` and behind them `node`, which passes the request on. Throws `KV_TOO_MANY_HOPS` when that is one node too many.
 */
export function hopsWith(hops: Hops, node: NodeName): Hops {
  const nodes = [...hops.nodes, node];
  if (nodes.length > hopLimit) throw new KvError("KV_TOO_MANY_HOPS", { path: nodes });
  // A node's name is ASCII and has at most 255 characters: its length is a byte.
  const bytes = Buffer.concat([hops.bytes, Uint8Array.of(node.length), Buffer.from(node)]);
  return { nodes, bytes: new Uint8Array(bytes) };
}

/** Of a request of `node` to one that had the bucket by a table from before: see {@link Hops.asksFormerOwner}. */
export function hopsToFormerOwner(node: NodeName): Hops {
  const { nodes, bytes } = hopsWith(NO_HOPS, node);
  return { nodes, bytes: Uint8Array.of(...bytes, FORMER_OWNER_MARK), asksFormerOwner: true };
}

/** Stands where the length of a name would: no name is empty. */
const FORMER_OWNER_MARK = 0;

/** The hops in `bytes`, which are copied; `undefined` when they are none. */
export function parseHops(bytes: Uint8Array): Hops | undefined {
  const nodes: NodeName[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === FORMER_OWNER_MARK && nodes.length === 1 && at + 1 === bytes.length) {
      return { nodes, bytes: Uint8Array.from(bytes), asksFormerOwner: true };
    }
    const end = at + 1 + (bytes[at] ?? 0);
    const node = parseWholeName(Buffer.from(bytes.subarray(at + 1, end)).toString("latin1"));
    if (node === undefined || end > bytes.length || nodes.length === hopLimit) return undefined;
    nodes.push(node);
    at = end;
  }
  return { nodes, bytes: Uint8Array.from(bytes) };
}

function parseWholeName(text: string): NodeName | undefined {
  return text.includes("@") ? parseNodeName(text, "") : undefined;
}
