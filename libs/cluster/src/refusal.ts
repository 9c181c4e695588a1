import type { NameKind, NodeName } from "./node-name.ts";

/**
 * Why two nodes that reached each other do not link. Both of them say so, each in its own words; trying again helps only
 * once somebody has changed something.
 */
export type Refusal =
  /** One of them does not know the other's cookie. */
  | { readonly type: "cookie" }
  /** They speak different versions of the protocol between nodes. */
  | { readonly type: "version"; readonly theirs: number; readonly ours: number }
  /** One of them has a short name and the other a long one. */
  | { readonly type: "name-kind"; readonly theirs: NameKind; readonly ours: NameKind }
  /** There are two nodes of one name: `name` is that of two processes that both run. */
  | { readonly type: "duplicate"; readonly name: string }
  /** At the place of the node that was meant there is another one. */
  | { readonly type: "other-node"; readonly meant: string; readonly found: string }
  /** The other end has shown no certificate, or one that is not good here: `fault` is what is said of that end. */
  | { readonly type: "certificate"; readonly fault: string }
  /** The certificate of this node is not good at the other end. */
  | { readonly type: "distrusted" }
  /** The other end speaks TLS, and this node does not. */
  | { readonly type: "tls" }
  /** What was sent is nothing that a node says. */
  | { readonly type: "no-node" };

/** What went wrong between this node and `peer`, as a part of a sentence. */
export function refusalText(refusal: Refusal, peer: string): string {
  switch (refusal.type) {
    case "cookie":
      return `${peer} has another cookie`;
    case "version":
      return `${peer} speaks version ${refusal.theirs} of the node protocol, this node version ${refusal.ours}`;
    case "name-kind":
      return `${peer} has a ${refusal.theirs} name, this node a ${refusal.ours} one`;
    case "duplicate":
      return `there are two nodes named ${refusal.name}`;
    case "other-node":
      return `the node at the place of ${refusal.meant} is ${refusal.found}`;
    case "certificate":
      return `${peer} ${refusal.fault}`;
    case "distrusted":
      return `${peer} does not accept this node's certificate`;
    case "tls":
      return `${peer} speaks TLS, this node does not`;
    case "no-node":
  }
  return `${peer} does not speak the node protocol`;
}

/** The name by which the node at the other end is shown when it has not said, or not proven, any. */
export function nameOrPlace(name: NodeName | undefined, place: string): string {
  return name ?? `a node at ${place}`;
}
