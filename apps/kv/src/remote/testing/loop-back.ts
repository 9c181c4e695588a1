import type { NodeName } from "@kv/cluster";
import type { Caller, LinkCall, ServedCall } from "../link.ts";
import { written } from "./written.ts";

/** What a link may be made to do with its calls. */
export interface LoopBackOptions {
  readonly from: NodeName;
  readonly to: NodeName;
  readonly clock: () => number;
  /** The other end. */
  readonly serve: (call: ServedCall) => void;
}

/**
 * A link that leads back into the process: bytes go through one buffer that is written over as soon as the other side may no
 * longer look at it, and arrive in a later microtask, in order. Nothing is ever lost on it.
 */
export class LoopBack implements Caller {
  readonly #options: LoopBackOptions;

  constructor(options: LoopBackOptions) {
    this.#options = options;
  }

  call(node: NodeName, call: LinkCall): void {
    if (node !== this.#options.to) throw new Error(`no link to ${node}`);
    const payload = written(call.byteLength, (target, at) => call.write(target, at));
    queueMicrotask(() => this.#deliver(payload, call));
  }

  #deliver(payload: Uint8Array, call: LinkCall): void {
    const { from, clock, serve } = this.#options;
    let isAnswered = false;
    serve({
      from,
      payload,
      remainingMs: call.deadlineMs - clock(),
      isGone: false,
      answer: (byteLength, write) => {
        if (isAnswered) throw new Error("a request is answered once");
        isAnswered = true;
        const answer = written(byteLength, write);
        queueMicrotask(() => {
          call.answered(answer);
          answer.fill(0xee);
        });
      },
    });
    payload.fill(0xee);
  }
}
