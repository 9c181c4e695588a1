import type { NodeName } from "@kv/cluster";
import { hopsWith, NO_HOPS } from "./remote/hops.ts";
import type { Caller } from "./remote/link.ts";
import { RemoteBuckets } from "./remote/remote-buckets.ts";
import {
  type CompiledRoutingTable,
  compileRoutingTable,
  type RoutingReader,
  type RoutingTable,
} from "./routing-table.ts";

/** How other nodes are asked. */
export interface RemoteTerms {
  readonly caller: Caller;
  /** The caller's clock, in milliseconds. */
  readonly clock: () => number;
  /** How long a request that begins here may take. */
  readonly timeoutMs: () => number;
}

/** A table as requests go by it. */
export interface Routes {
  readonly owners: CompiledRoutingTable;
  /** The owners but for this node, as requests that begin here reach them. */
  readonly remotes: ReadonlyMap<NodeName, RemoteBuckets>;
  /** Any node, as requests that begin here reach it. */
  readonly wayTo: (node: NodeName) => RemoteBuckets;
}

/** What routes are made of. */
export interface RoutesOptions {
  readonly reader: RoutingReader;
  /** The table in force. */
  readonly table: () => RoutingTable;
  readonly remote: RemoteTerms;
}

/** The table in force, made into ways: anew when it is another one than at the last look. */
export function routesInForce({
  reader,
  table,
  remote: { caller, clock, timeoutMs },
}: RoutesOptions): () => Routes {
  const hops = hopsWith(NO_HOPS, reader.self);
  const wayTo = (node: NodeName): RemoteBuckets =>
    new RemoteBuckets({
      caller,
      clock,
      node,
      hops,
      timeoutMs,
    });
  const compile = (source: RoutingTable): Routes => {
    const owners = compileRoutingTable(source, reader);
    const remotes = new Map<NodeName, RemoteBuckets>();
    for (const node of new Set(owners)) {
      if (node !== undefined && node !== reader.self) remotes.set(node, wayTo(node));
    }
    const others = new Map<NodeName, RemoteBuckets>();
    const wayToAny = (node: NodeName): RemoteBuckets => {
      const known = remotes.get(node) ?? others.get(node);
      if (known !== undefined) return known;
      const way = wayTo(node);
      others.set(node, way);
      return way;
    };
    return { owners, remotes, wayTo: wayToAny };
  };
  let source = table();
  let compiled = compile(source);
  return () => {
    const current = table();
    if (current !== source) {
      source = current;
      compiled = compile(source);
    }
    return compiled;
  };
}
