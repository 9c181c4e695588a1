import type { NodeName } from "@kv/cluster";
import { KvError } from "../errors.ts";
import { hopsWith, NO_HOPS } from "../remote/hops.ts";
import type { Caller } from "../remote/link.ts";
import { RemoteNode } from "../remote/remote-node.ts";
import type { AskNode } from "./participants.ts";
import { parseAnswer } from "./routing-answer.ts";
import type { RoutingAnswers } from "./routing-answers.ts";
import { formatQuestion, parseQuestion } from "./routing-question.ts";

/** How other nodes are reached by this one, `self`. */
export interface NodeWays {
  readonly self: NodeName;
  readonly caller: Caller;
  readonly clock: () => number;
  readonly timeoutMs: () => number;
}

/** The node as it is asked by this one of its own accord. */
export function remoteNode(
  { self, caller, clock, timeoutMs }: NodeWays,
  node: NodeName,
): RemoteNode {
  const hops = hopsWith(NO_HOPS, self);
  return new RemoteNode({ caller, clock, node, hops, timeoutMs });
}

/** Asks others over their links, and this node itself in the same words. */
export function nodeAsker(ways: NodeWays, own: RoutingAnswers): AskNode {
  return async (node, question) => {
    const text = formatQuestion(question);
    if (node === ways.self) {
      const asked = parseQuestion(text);
      if (asked === undefined) throw new Error(`this node asks what it would not answer: ${text}`);
      return readAnswer(node, JSON.stringify(await own.answer(asked)));
    }
    const { outcome } = await remoteNode(ways, node).routing(text);
    return readAnswer(node, outcome.text);
  };
}

function readAnswer(node: NodeName, text: string) {
  const answer = parseAnswer(text);
  if (answer !== undefined) return answer;
  throw new KvError("KV_ANSWER_NOT_UNDERSTOOD", { node, mayHaveBeenApplied: false });
}
