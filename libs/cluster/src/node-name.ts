import { hostname } from "node:os";

declare const brand: unique symbol;

/** A checked, complete node name: `name@host`. */
export type NodeName = string & { readonly [brand]: "NodeName" };

/**
 * Whether a node's host is named by one word (`foo@lab`) or in full (`foo@lab.example.org`, `foo@10.0.0.7`). Nodes of one
 * kind do not know what host a name of the other kind is, so that the two do not mix.
 */
export type NameKind = "short" | "long";

/** What a person may write for a node: `foo`, on this host, or `foo@host`. */
const PATTERN = /^(?<name>[A-Za-z0-9_][A-Za-z0-9_-]*)(?:@(?<host>[A-Za-z0-9_][A-Za-z0-9_.:-]*))?$/u;

/** Longest name with its host, in characters: a host name has at most 253, and the name is a directory's. */
const nodeNameLimit = 255;

/**
 * The only way to make a `NodeName`. A name without a host is on `thisHost`. `undefined` when `text` is
 * none: letters, digits, `_` and `-`, then perhaps `@` and a host; at most 255 characters with its host.
 *
 * @example
 * ```ts
 * parseNodeName("foo", "lab");      // "foo@lab"
 * parseNodeName("foo@bar", "lab");  // "foo@bar"
 * parseNodeName("foo@", "lab");     // undefined
 * ```
 */
export function parseNodeName(text: string, thisHost: string): NodeName | undefined {
  const groups = text.length <= nodeNameLimit ? PATTERN.exec(text)?.groups : undefined;
  if (groups === undefined) return undefined;
  const complete = `${groups["name"]}@${groups["host"] ?? thisHost}`;
  // What stands on a link counts the host too.
  if (complete.length > nodeNameLimit) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place the brand is put on
  return complete as NodeName;
}

/** A complete name as another node gives it; `undefined` when it is none, or lacks its host. */
export function parseCompleteName(text: string): NodeName | undefined {
  return text.includes("@") ? parseNodeName(text, "") : undefined;
}

/** The host part of a node's name. */
export function hostOf(node: NodeName): string {
  return node.slice(node.indexOf("@") + 1);
}

/** Of which kind a name is: a host with a dot, or with a colon as in an IPv6 address, is a long one. */
export function nameKindOf(node: NodeName): NameKind {
  return /[.:]/u.test(hostOf(node)) ? "long" : "short";
}

/**
 * The name of the folder that holds a node's files, one for each node on a host however its name was written:
 * `foo` for a node of this host, so that a host may be renamed, and `foo@bar` for one that goes by another
 * name for this host.
 */
export function folderOfNode(node: NodeName, thisHost: string): string {
  const ending = `@${thisHost}`;
  return node.endsWith(ending) ? node.slice(0, -ending.length) : node;
}

/**
 * What a node that is written as `text` goes by among the nodes of this host: `foo`, or `foo@bar` when it goes by another
 * name for the host. `undefined` when `text` names no node.
 */
export function localNodeName(text: string): string | undefined {
  const host = shortHostName();
  const node = parseNodeName(text, host);
  return node === undefined ? undefined : folderOfNode(node, host);
}

/** This host's name without its domain, for short names. */
export function shortHostName(): string {
  return hostname().split(".", 1)[0] || "localhost";
}

/** Whether `text` is what a person may write for a node. */
export function isNodeReference(text: string): boolean {
  return parseNodeName(text, "localhost") !== undefined;
}
