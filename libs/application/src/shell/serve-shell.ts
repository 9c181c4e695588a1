import { inspect } from "node:util";
import type { EvaluationSession } from "../evaluate/evaluator.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import { linesOf } from "./lines-of.ts";
import { parseRequest, type ShellAnswer, type ShellRequest } from "./remote-messages.ts";
import { shownError } from "./shown-error.ts";

/** Code may have the node stand still for so long, in milliseconds. */
const STAND_STILL_MS = 5_000;

/** A session's ends. */
export interface ServedShell {
  readonly session: EvaluationSession;
  /** Lines of JSON. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Before each line; `%n` is its number. */
  readonly prompt: string;
  /** In the order of the calls. */
  readonly answer: (answer: ShellAnswer) => void;
  /** Aborted when nobody is there any more. */
  readonly signal: AbortSignal;
}

/**
 * Answers what an operator's shell asks, one evaluation at a time, until its input ends. An evaluation may wait for ever, until the
 * operator gives it up; one that has the node stand still is stopped.
 */
export async function serveShell(shell: ServedShell): Promise<void> {
  let evaluating: Promise<void> = Promise.resolve();
  let waiting = new AbortController();
  for await (const line of linesOf(shell.input)) {
    const request = parseRequest(line);
    if (request === undefined) throw new Error("the shell asks for nothing that is known");
    if (request.type === "interrupt") waiting.abort();
    else if (request.type === "greet") shell.answer({ type: "welcome", prompt: shell.prompt });
    else if (request.type === "complete") {
      const [names, part] = shell.session.complete(request.line);
      shell.answer({ type: "completions", names: [...names], part });
    } else {
      waiting = new AbortController();
      const signal = AbortSignal.any([waiting.signal, shell.signal]);
      evaluating = evaluating.then(() => evaluate(shell, request, signal));
    }
  }
  await evaluating;
}

async function evaluate(
  { session, answer }: ServedShell,
  { code, width, colors }: Extract<ShellRequest, { type: "evaluate" }>,
  signal: AbortSignal,
): Promise<void> {
  const options = { timeoutMs: STAND_STILL_MS, mayWait: true, signal };
  const outcome = await session.evaluate(code, options);
  const shown = (value: unknown): string => inspect(value, { colors, breakLength: width });
  answer({ type: "outcome", ...described(outcome, shown, colors) });
}

function described(
  outcome: Evaluation,
  shown: (value: unknown) => string,
  colors: boolean,
): { readonly outcome: "value" | "failure" | "unfinished"; readonly text: string } {
  switch (outcome.type) {
    case "value":
      return { outcome: "value", text: shown(outcome.value) };
    case "thrown":
      return { outcome: "failure", text: shownError(outcome.error, colors) };
    case "syntax":
      return {
        outcome: outcome.isUnfinished ? "unfinished" : "failure",
        text: `Uncaught SyntaxError: ${outcome.message}`,
      };
    case "timeout":
      return {
        outcome: "failure",
        text: `The node stood still for ${STAND_STILL_MS / 1000} s, so it was stopped; the node goes on`,
      };
    case "aborted":
      return { outcome: "failure", text: "Given up; what it has begun may go on" };
    default:
      return outcome satisfies never;
  }
}
