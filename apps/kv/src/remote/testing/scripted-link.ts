import type { NodeName } from "@kv/cluster";
import type { Caller, LinkCall, LinkError } from "../link.ts";
import { written } from "./written.ts";

/** A call that was written, and waits for what the test makes of it. */
export interface WrittenCall {
  readonly node: NodeName;
  readonly call: LinkCall;
  readonly payload: Uint8Array;
}

/** A link whose calls are written and kept: the test answers them, or has them fail. */
export class ScriptedLink implements Caller {
  readonly calls: WrittenCall[] = [];

  /** The call that was made last. */
  get latest(): WrittenCall {
    const latest = this.calls.at(-1);
    if (latest === undefined) throw new Error("nothing was called");
    return latest;
  }

  call(node: NodeName, call: LinkCall): void {
    const payload = written(call.byteLength, (target, at) => call.write(target, at));
    this.calls.push({ node, call, payload });
  }
}

/** Why a link has no answer. */
export function linkError(code: string, details: LinkError["details"] = {}): LinkError {
  return Object.assign(new Error("as the link says it"), { code, details });
}
