import { setImmediate as nextTurn } from "node:timers/promises";
import type { NodeCommand } from "../declaration/command.ts";
import type { NodeContext } from "../declaration/context.ts";
import { readInvocation } from "../declaration/invocation.ts";
import type { FrameLink } from "../protocol/frame-link.ts";
import { parseOperatorMessage, type OperatorMessage } from "../protocol/message.ts";
import { ApplicationError } from "../../errors.ts";
import { ItemSender } from "./item-sender.ts";

/** What the operator asks for. */
export type RunMessage = Extract<OperatorMessage, { type: "run" }>;

/** A command of one application, and that application's API once it runs. */
export interface OfferedCommand {
  // oxlint-disable-next-line typescript/no-explicit-any -- a command of whatever application
  readonly command: NodeCommand<any, unknown, unknown>;
  readonly api: () => unknown;
}

/** What a call has beside what the operator sent. */
export type CallSurroundings = Pick<NodeContext<unknown>, "system" | "node" | "signal">;

/**
 * Runs the node's part of a command: its context is made of the frames of `link`. Answers with the result when all
 * that was printed is on its way. Throws what the command throws, and `COMMAND_USAGE`.
 */
export async function runCall(
  { command, api }: OfferedCommand,
  message: RunMessage,
  { link, ...surroundings }: CallSurroundings & { readonly link: FrameLink },
): Promise<unknown> {
  const invocation = readInvocation(command, message);
  const items = new ItemSender(link);
  const context: NodeContext<unknown> = {
    ...surroundings,
    ...invocation,
    api: api(),
    parameters: message.parameters,
    input: readInput(link),
    print: (item) => items.print(item),
    progress: (text) => items.progress(text),
    async send(bytes) {
      await items.flush();
      await link.sendBytes(bytes);
      // The node has other work to do, also when there is always room.
      await nextTurn();
    },
  };
  const result: unknown = await command.run(context);
  await items.flush();
  return result;
}

/** The bytes that come in, up to the operator's `end`. Throws `CONTROL_GONE` when the operator goes away before it. */
async function* readInput(link: FrameLink): AsyncGenerator<Uint8Array> {
  for (;;) {
    const frame = await link.receive();
    if (frame?.type === "bytes") yield frame.bytes;
    else if (frame === undefined) {
      throw new ApplicationError("CONTROL_GONE", { reason: "the input was cut" });
    } else if (parseOperatorMessage(frame.message)?.type === "end") return;
    else throw new ApplicationError("CONTROL_PROTOCOL", { reason: "expected input" });
  }
}
