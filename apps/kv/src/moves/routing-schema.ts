import { type NodeName, parseCompleteName } from "@kv/cluster";
import * as v from "valibot";
import type { RoutingTable } from "../routing-table.ts";
import { formatRoutingText, parseRoutingText } from "../routing-text.ts";

/** A node by its complete name: who reads it may be on another host. */
export const nodeName = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): NodeName => {
    const node = parseCompleteName(dataset.value);
    if (node !== undefined) return node;
    addIssue({ message: "expected a node name such as foo@host" });
    return NEVER;
  }),
);

/** A table in its short form, which means the same wherever it is read: `self` and names without a host are refused. */
export const tableText = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): RoutingTable => {
    const parsed = parseRoutingText(dataset.value);
    if (parsed.type === "malformed") {
      addIssue({ message: parsed.reason });
      return NEVER;
    }
    if (parsed.table.every(({ node }) => parseCompleteName(node) !== undefined)) {
      return parsed.table;
    }
    addIssue({ message: "expected complete names of nodes" });
    return NEVER;
  }),
);

/** The name that whoever makes a plan draws for it. */
export const planId = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/u));

/** What is counted, in bytes or otherwise. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A line for people. */
export const line = v.pipe(v.string(), v.maxLength(4096));

/** A change of the table as a node takes part in it. */
export const planSchema = v.strictObject({
  planId,
  next: tableText,
  previous: tableText,
  participants: v.pipe(v.array(nodeName), v.minLength(1), v.maxLength(1024)),
});

/** Reads what {@link tableText} takes. */
export function textOf(table: RoutingTable): string {
  return formatRoutingText(table);
}

/** The value that `text` has as JSON; `undefined` where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
