import * as v from "valibot";
import { count, nodeName, parsedJson, planId, planSchema, tableText } from "./routing-schema.ts";

const questionSchema = v.variant("type", [
  v.strictObject({ type: v.literal("prepare"), plan: planSchema }),
  v.strictObject({ type: v.literal("adopt"), planId }),
  v.strictObject({ type: v.literal("abandon"), planId }),
  v.strictObject({ type: v.literal("commit"), planId }),
  v.strictObject({ type: v.literal("forget"), node: nodeName }),
  v.strictObject({ type: v.literal("fence"), sinceMs: count }),
  v.strictObject({ type: v.literal("unfence") }),
  v.strictObject({ type: v.literal("state") }),
  v.strictObject({ type: v.literal("survey"), surveyId: planId, table: tableText }),
]);

/**
 * What nodes ask each other about the routing table: the text of a ROUTING request, as JSON.
 *
 * - `prepare`: take part in the plan, durably; nothing changes yet. `adopt`: go by its table from now on, and move what it gives
 *   away. `abandon`: forget a plan that nobody has adopted. `commit`: all has moved; forget the table from before.
 * - `forget`: look for no bucket at `node` because a table from before names it.
 * - `fence`: take no writes of clients from now on; answered when all from before are durable. `sinceMs` is when that was asked for.
 *   `unfence`: take them again.
 * - `state`: what holds here. `survey`: what is held here that `table` gives to others; asked again until it is whole, under one
 *   `surveyId`, since counting may take long.
 *
 * All of these may be asked again: twice does no more than once.
 */
export type RoutingQuestion = v.InferOutput<typeof questionSchema>;

/** The question as it is written: tables in their short form. */
export type WrittenQuestion = v.InferInput<typeof questionSchema>;

/** The text of `question`. */
export function formatQuestion(question: WrittenQuestion): string {
  return JSON.stringify(question);
}

/** The question in `text`; `undefined` when it is none: unknown members are refused too. */
export function parseQuestion(text: string): RoutingQuestion | undefined {
  const parsed = v.safeParse(questionSchema, parsedJson(text));
  return parsed.success ? parsed.output : undefined;
}
