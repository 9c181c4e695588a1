import type { EnvironmentProblem, EnvironmentValues } from "@kv/application";
import {
  hostOf,
  nameKindOf,
  type NodeName,
  parseCompleteName,
  parseNodeName,
  shortHostName,
} from "@kv/cluster";
import { checkClusterStorage } from "./cluster-storage.ts";
import type { environment } from "./environment.ts";
import { checkLinkTls } from "./link-tls.ts";
import { compileRoutingTable, type RoutingReader } from "./routing-table.ts";

/** The environment as it is read. */
export type KvEnvironment = EnvironmentValues<typeof environment>;

/** This node, as its own table is read by it: names without a host are on the host that its own name says. */
export function readerIn({ node }: Pick<KvEnvironment, "node">): RoutingReader {
  const self = parseNodeName(node, shortHostName());
  if (self === undefined) throw new Error(`kv.node passed its schema: ${node}`);
  return { self, host: hostOf(self) };
}

/** What is wrong with several keys at once. */
export function checkEnvironment(values: KvEnvironment): readonly EnvironmentProblem[] {
  const reader = readerIn(values);
  return [
    ...problemsOfTable(values, reader),
    ...checkClusterStorage(values),
    ...Object.keys(values.nodes).flatMap((text) => problemsOfNode(text, reader.self)),
    ...checkLinkTls(values),
  ];
}

function problemsOfTable(
  { routingTable, storage, distribution }: KvEnvironment,
  reader: RoutingReader,
): readonly EnvironmentProblem[] {
  const { self } = reader;
  const key = "routingTable";
  const owners = new Set(compileRoutingTable(routingTable, reader));
  owners.delete(undefined);
  if (storage.engine === "none" && owners.has(self)) {
    const expected = `expected other nodes only, since storage.engine is "none"; it names ${self}, which is this node`;
    return [{ key, expected }];
  }
  const kind = nameKindOf(self);
  const stranger = [...owners].find((node) => node !== undefined && nameKindOf(node) !== kind);
  if (distribution === "off" || stranger === undefined) return [];
  return [{ key, expected: expectedKind(stranger, self) }];
}

function problemsOfNode(text: string, self: NodeName): readonly EnvironmentProblem[] {
  const key = "nodes";
  const node = parseCompleteName(text);
  if (node === undefined) return [{ key, expected: `expected names name@host, got "${text}"` }];
  return nameKindOf(node) === nameKindOf(self) ? [] : [{ key, expected: expectedKind(node, self) }];
}

function expectedKind(node: NodeName, self: NodeName): string {
  const kind = nameKindOf(self);
  const hosts = kind === "short" ? "hosts without a dot" : "hosts with a dot";
  return `expected ${kind} names (${hosts}), as that of this node, ${self}; got "${node}"`;
}
