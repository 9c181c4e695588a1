import * as v from "valibot";
import { count, line, nodeName, parsedJson, planSchema, tableText } from "./routing-schema.ts";

const phase = v.picklist(["prepared", "adopted", "committed"]);

const heldSchema = v.strictObject({ to: nodeName, buckets: count, bytes: count });

const stateSchema = v.strictObject({
  type: v.literal("state"),
  node: nodeName,
  table: tableText,
  origin: v.picklist(["configuration", "applied", "put"]),
  plan: v.optional(v.strictObject({ ...planSchema.entries, phase })),
  /** By which buckets may lie elsewhere yet: tables that were replaced on this node alone. */
  former: v.optional(v.array(tableText)),
  /** Since when it takes no writes of clients, in Unix milliseconds. */
  fencedSinceMs: v.optional(count),
  storesNothing: v.optional(v.boolean()),
  /** The nodes that it is linked with. */
  linked: v.array(nodeName),
  movedBuckets: count,
  /** Of keys and values, since the node was started. */
  movedBytes: count,
  /** Buckets that were given away, and whose new owner has not said yet that it serves them. */
  unconfirmed: count,
  /** Whether its mover has nothing to do. */
  isIdle: v.boolean(),
  longestPauseMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
  /** How many buckets cannot be moved until somebody does something. */
  stuck: count,
  problem: v.optional(line),
});

const answerSchema = v.variant("type", [
  v.strictObject({ type: v.literal("done") }),
  v.strictObject({ type: v.literal("refused"), reason: line }),
  stateSchema,
  v.strictObject({
    type: v.literal("survey"),
    isWhole: v.boolean(),
    held: v.array(heldSchema),
  }),
]);

/** What a node answers a `RoutingQuestion`: the text of a ROUTING response, as JSON. `refused` has a reason for people. */
export type RoutingAnswer = v.InferOutput<typeof answerSchema>;

/** The answer as it is written: tables in their short form. */
export type WrittenAnswer = v.InferInput<typeof answerSchema>;

/** How things stand at a node. */
export type NodeState = v.InferOutput<typeof stateSchema>;

/** What a node holds that a table gives to another one; bytes are those of keys and values. */
export type Held = v.InferOutput<typeof heldSchema>;

/** The text of `answer`. */
export function formatAnswer(answer: WrittenAnswer): string {
  return JSON.stringify(answer);
}

/** The answer in `text`; `undefined` when it is none. */
export function parseAnswer(text: string): RoutingAnswer | undefined {
  const parsed = v.safeParse(answerSchema, parsedJson(text));
  return parsed.success ? parsed.output : undefined;
}
