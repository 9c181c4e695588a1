import { inspect } from "node:util";
import * as v from "valibot";
import { ApplicationError } from "../../errors.ts";
import type { Evaluation } from "../../evaluate/evaluation.ts";
import { callEntries } from "../../shell/call-entries.ts";
import type { Evaluations } from "../../shell/evaluations.ts";
import { SaidItems } from "../../shell/said.ts";
import { shownError } from "../../shell/shown-error.ts";
import type { NodeCommand } from "../declaration/command.ts";

/** An expression may take so long unless somebody says otherwise, in milliseconds. */
const TIMEOUT_MS = 5_000;

const resultSchema = v.object({
  outcome: v.picklist(["value", "failure"]),
  /** The value as it is printed, or why there is none. */
  text: v.string(),
});

/** What came of an expression. */
export type RpcResult = v.InferOutput<typeof resultSchema>;

const saidSchema = v.object({ stream: v.picklist(["stdout", "stderr"]), text: v.string() });

/** `rpc`: evaluates an expression in the live node. */
export function createRpcCommand(
  evaluations: Evaluations,
): NodeCommand<undefined, RpcResult, never> {
  return {
    name: "rpc",
    summary: "Evaluates JavaScript in the node",
    description:
      "With top-level await. What it prints by console comes here; its value does with --print. It finds its arguments as texts in args, what this command reads as stdin, an async iterable with text(), and what help() lists.\nOne that is not done in time is stopped, with what it awaits and its timers; what it has set going by a listener is not. Options stand before the expression: what is behind it is data.",
    arguments: [
      { name: "expression", description: "for instance 'console.log(node.name)'" },
      { name: "argument", description: "data for it", optional: true, variadic: true },
    ],
    options: [
      {
        name: "timeout",
        type: "integer",
        description: "milliseconds it may take",
        default: TIMEOUT_MS,
      },
      { name: "print", type: "boolean", description: "prints its value" },
    ],
    optionsFirst: true,
    where: "node",
    level: "info",
    async run({ words, options, system, node, input, print, signal }) {
      const timeoutMs = options.integer("timeout") ?? TIMEOUT_MS;
      if (timeoutMs <= 0) {
        const reason = "--timeout takes milliseconds, above 0";
        throw new ApplicationError("COMMAND_USAGE", { command: "rpc", reason });
      }
      const said = new SaidItems(print);
      const further = callEntries(words.list("argument"), input);
      using session = evaluations.open({ system, node, say: said.say, further });
      const outcome = await session.evaluate(words.text("expression"), { timeoutMs, signal });
      await said.flush();
      // The node stops, or the operator has gone: whoever serves him says so.
      if (outcome.type === "aborted") throw signal.reason;
      return resultOf(outcome, timeoutMs);
    },
    async beside({ call, streams, options }) {
      const result = v.parse(
        resultSchema,
        await call({
          input: streams.input,
          onItem: async (item) => {
            const { stream, text } = v.parse(saidSchema, item);
            const bytes = Buffer.from(text);
            await (stream === "stdout" ? streams.write(bytes) : streams.writeError(bytes));
          },
        }),
      );
      if (result.outcome === "failure") await streams.writeError(Buffer.from(`${result.text}\n`));
      const isShown = result.outcome === "value" && options.flag("print");
      return isShown ? result : { ...result, text: "" };
    },
    format: ({ text }) => text,
    exitCode: ({ outcome }) => (outcome === "value" ? 0 : 1),
  };
}

function resultOf(outcome: Exclude<Evaluation, { type: "aborted" }>, timeoutMs: number): RpcResult {
  switch (outcome.type) {
    case "value":
      return { outcome: "value", text: inspect(outcome.value) };
    case "thrown":
      return { outcome: "failure", text: shownError(outcome.error) };
    case "syntax":
      return { outcome: "failure", text: `Uncaught SyntaxError: ${outcome.message}` };
    case "timeout":
      return {
        outcome: "failure",
        text: `The expression was not done in ${timeoutMs} ms, and was stopped; the node goes on (--timeout allows it more)`,
      };
    default:
      return outcome satisfies never;
  }
}
