import type { Place } from "../network/network.ts";
import { hostOf, type NodeName } from "../node-name.ts";
import { nodeSocketPath } from "./socket-directory.ts";

/** A host and a port of TCP. */
export interface Address {
  /** A name or an IP address. */
  readonly host: string;
  readonly port: number;
}

/** Where the nodes are: those with an address there, others of the same host at their socket in `directory`. */
export interface NodePlaces {
  readonly self: NodeName;
  readonly directory: string;
  /** By node name. */
  readonly nodes: ReadonlyMap<NodeName, Address>;
}

/** Where `node` is, or why that is not known. Throws `CLUSTER_PLACE` when the directory's path is too long. */
export function placeOf({ self, directory, nodes }: NodePlaces, node: NodeName): Place | string {
  const address = nodes.get(node);
  if (address !== undefined) return { type: "tcp", host: address.host, port: address.port };
  if (hostOf(node) !== hostOf(self)) return "it is on another host, and no address is configured";
  return { type: "unix", path: nodeSocketPath(directory, node) };
}
