import * as v from "valibot";

/**
 * The version of all that is said here. Both ends name theirs first; where they differ, nothing else is said.
 *
 * ```text
 *  node                                  operator
 *  hello  protocol node nonce     ─▶
 *                                 ◀─     proof  protocol nonce proof
 *  welcome proof / refused        ─▶
 *                                 ◀─     run command words options parameters
 *  items, bytes, progress         ─▶
 *                                 ◀─     bytes, end          (the command's input)
 *  result / failure               ─▶     both close
 * ```
 *
 * One connection runs one command: what goes to it and what comes from it is held back by the socket itself, and
 * who goes away gives the command up.
 */
export const protocolVersion = 1;

/** 32 random bytes, or an HMAC-SHA-256, in hexadecimal digits. */
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u));

const hello = v.object({
  type: v.literal("hello"),
  protocol: v.number(),
  node: v.string(),
  nonce: digest,
});

const proof = v.object({
  type: v.literal("proof"),
  protocol: v.number(),
  nonce: digest,
  proof: digest,
});

const refusal = v.object({
  type: v.literal("refused"),
  why: v.picklist(["cookie", "protocol", "busy", "stopping", "late"]),
});

const welcome = v.object({ type: v.literal("welcome"), proof: digest });

const run = v.object({
  type: v.literal("run"),
  command: v.string(),
  words: v.array(v.string()),
  options: v.record(v.string(), v.union([v.boolean(), v.string(), v.number()])),
  parameters: v.optional(v.unknown()),
});

const end = v.object({ type: v.literal("end") });

const items = v.object({ type: v.literal("items"), items: v.array(v.unknown()) });

const progress = v.object({ type: v.literal("progress"), text: v.string() });

const result = v.object({ type: v.literal("result"), result: v.optional(v.unknown()) });

const failure = v.object({
  type: v.literal("failure"),
  kind: v.picklist(["operating", "usage", "bug"]),
  message: v.string(),
});

const fromNode = v.variant("type", [hello, welcome, refusal, items, progress, result, failure]);
const fromOperator = v.variant("type", [proof, run, end]);

/** What a node says. */
export type NodeMessage = v.InferOutput<typeof fromNode>;

/** What an operator says. */
export type OperatorMessage = v.InferOutput<typeof fromOperator>;

/** Why a node does not serve a connection. */
export type RefusalReason = v.InferOutput<typeof refusal>["why"];

/** A message of a node's, `undefined` when it is none. */
export function parseNodeMessage(message: unknown): NodeMessage | undefined {
  const parsed = v.safeParse(fromNode, message);
  return parsed.success ? parsed.output : undefined;
}

/** A message of an operator's, `undefined` when it is none. */
export function parseOperatorMessage(message: unknown): OperatorMessage | undefined {
  const parsed = v.safeParse(fromOperator, message);
  return parsed.success ? parsed.output : undefined;
}
