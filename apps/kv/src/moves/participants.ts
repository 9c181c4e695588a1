import { type NodeName, parseCompleteName } from "@kv/cluster";
import { StorageError } from "@kv/storage";
import { KvError } from "../errors.ts";
import type { RoutingTable } from "../routing-table.ts";
import type { Held, NodeState, RoutingAnswer } from "./routing-answer.ts";
import { RoutingFailure } from "./routing-failure.ts";
import type { WrittenQuestion } from "./routing-question.ts";

/** Asks a node, this one included. Rejects with a `KvError` or a `StorageError` that says which node it is about. */
export type AskNode = (node: NodeName, question: WrittenQuestion) => Promise<RoutingAnswer>;

/** How things stand at a node, or why it cannot say. */
export type Seen =
  | { readonly type: "state"; readonly state: NodeState }
  | { readonly type: "silent"; readonly reason: string };

/** The nodes that a table names, whose names are complete. */
export function nodesOf(table: RoutingTable): readonly NodeName[] {
  const nodes = table.map(({ node }) => parseCompleteName(node));
  return nodes.filter((node) => node !== undefined);
}

/**
 * How things stand at `first` and at all nodes that those know of: the ones they are linked with, and the ones of their tables and
 * plans.
 */
export async function seeAll(
  ask: AskNode,
  first: Iterable<NodeName>,
): Promise<ReadonlyMap<NodeName, Seen>> {
  const seen = new Map<NodeName, Seen>();
  let unseen = new Set(first);
  while (unseen.size > 0) {
    const found = await Promise.all(
      Array.from(
        unseen,
        async (node): Promise<readonly [NodeName, Seen]> => [node, await see(ask, node)],
      ),
    );
    for (const [node, what] of found) seen.set(node, what);
    unseen = new Set(
      found
        .flatMap(([, what]) => (what.type === "state" ? knownTo(what.state) : []))
        .filter((node) => !seen.has(node)),
    );
  }
  return seen;
}

/** How things stand at `node`. */
export async function see(ask: AskNode, node: NodeName): Promise<Seen> {
  try {
    const answer = await ask(node, { type: "state" });
    if (answer.type === "state") return { type: "state", state: answer };
    return { type: "silent", reason: `${node} did not say how it is` };
  } catch (error) {
    return { type: "silent", reason: reasonOf(error) };
  }
}

/** What an operator is told of a node that has no answer; throws what is a bug. */
export function reasonOf(error: unknown): string {
  if (error instanceof KvError || error instanceof StorageError) return error.message;
  throw error;
}

function knownTo({ linked, table, plan, former = [] }: NodeState): readonly NodeName[] {
  const planned =
    plan === undefined
      ? []
      : [
          ...plan.participants,
          ...nodesOf(plan.next),
          ...plan.previous.flatMap((each) => nodesOf(each)),
        ];
  return [...linked, ...[table, ...former].flatMap((each) => nodesOf(each)), ...planned];
}

/** What `node` holds that `table`, in its short form, gives to others. Rejects as `ask` does. */
export async function survey(
  ask: AskNode,
  node: NodeName,
  { table, signal }: { readonly table: string; readonly signal: AbortSignal },
): Promise<readonly Held[]> {
  const surveyId = crypto.randomUUID();
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask(node, { type: "survey", surveyId, table });
    if (answer.type !== "survey") {
      const reason = answer.type === "refused" ? answer.reason : "it did not say what it holds";
      throw new RoutingFailure(`${node}: ${reason}`);
    }
    if (answer.isWhole) return answer.held;
  }
}
