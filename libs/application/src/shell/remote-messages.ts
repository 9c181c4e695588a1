import * as v from "valibot";

/** What an operator's shell asks of the session on the node: a line of JSON each. */
const requestSchema = v.variant("type", [
  v.object({
    type: v.literal("evaluate"),
    code: v.string(),
    /** How wide what is shown may be, in characters. */
    width: v.number(),
    colors: v.boolean(),
  }),
  /** The first of all. */
  v.object({ type: v.literal("greet") }),
  v.object({ type: v.literal("complete"), line: v.string() }),
  /** Whoever waits for an evaluation does not any more. */
  v.object({ type: v.literal("interrupt") }),
]);

/** What the session answers. `greet` comes to a `welcome`, each `evaluate` comes to one `outcome`, each `complete` to one `completions`, in their order. */
const answerSchema = v.variant("type", [
  v.object({
    type: v.literal("said"),
    stream: v.picklist(["stdout", "stderr"]),
    text: v.string(),
  }),
  v.object({
    type: v.literal("outcome"),
    outcome: v.picklist(["value", "failure", "unfinished"]),
    text: v.string(),
  }),
  /** `%n` in the prompt is the number of the line. */
  v.object({ type: v.literal("welcome"), prompt: v.string() }),
  v.object({
    type: v.literal("completions"),
    names: v.array(v.string()),
    part: v.string(),
  }),
]);

/** See {@link parseRequest}. */
export type ShellRequest = v.InferOutput<typeof requestSchema>;

/** See {@link parseAnswer}. */
export type ShellAnswer = v.InferOutput<typeof answerSchema>;

/** What a line asks for; `undefined` when it is nothing that a shell asks. */
export function parseRequest(line: string): ShellRequest | undefined {
  try {
    const parsed = v.safeParse(requestSchema, JSON.parse(line));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** What an item of the node's says. Throws when it is none of these: the node is of another version. */
export function parseAnswer(item: unknown): ShellAnswer {
  return v.parse(answerSchema, item);
}
