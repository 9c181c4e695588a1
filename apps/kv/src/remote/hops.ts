import { KvError } from "../errors.ts";
import { type NodeName, parseNodeName } from "@kv/cluster";

/** The nodes that have passed a request on, in order, and how they are written down: what is sent with every request. */
export interface Hops {
  readonly nodes: readonly NodeName[];
  /** Each name behind its length in a byte; at most 2 KiB. Not to be written to. */
  readonly bytes: Uint8Array;
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

/** The hops in `bytes`, which are copied; `undefined` when they are none. */
export function parseHops(bytes: Uint8Array): Hops | undefined {
  const nodes: NodeName[] = [];
  for (let at = 0; at < bytes.length; ) {
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
