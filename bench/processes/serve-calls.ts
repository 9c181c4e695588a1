import { inspect } from "node:util";
import type { CallMessage, Calls, ReplyMessage } from "./calls.ts";

/** Carries out the calls of the process that forked this one, and ends when that one ends. */
export function serveCalls(calls: Calls): void {
  process.on("message", (message: CallMessage) => void answer(calls, message));
  process.on("disconnect", () => process.exit());
}

async function answer(calls: Calls, { name, argument }: CallMessage): Promise<void> {
  try {
    const call = calls[name];
    if (call === undefined) throw new Error(`There is no call "${name}"`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- call() checked the argument's type on the other end
    const value = await call(argument as never, (share) => send({ type: "progress", share }));
    send({ type: "result", value });
  } catch (error) {
    send({ type: "failure", text: inspect(error) });
  }
}

function send(message: ReplyMessage): void {
  process.send?.(message);
}
