import assert from "node:assert/strict";
import type { ClusterError } from "../errors.ts";
import type { Call } from "../link/call.ts";
import type { ServedCall } from "../link/served-call.ts";
import type { NodeName } from "../node-name.ts";

const numberBytes = 4;

/** One call, and what is known of it. */
export interface AuditedCall {
  readonly number: number;
  readonly from: NodeName;
  readonly to: NodeName;
  readonly isWrite: boolean;
  /** `"answered"`, or the failure; a sound cluster puts one thing in here. */
  readonly settled: (ClusterError | "answered")[];
  /** How often it was served. */
  served: number;
}

/**
 * The books of all calls between some nodes: each one carries its number, and so does its answer. `check` finds whatever a
 * cluster has promised and not kept.
 */
export class Audit {
  readonly calls: AuditedCall[] = [];
  /** The last call of each node that each process has served. */
  readonly #lastServed = new Map<string, number>();

  /** A call that settles in these books. */
  make(plan: { from: NodeName; to: NodeName; isWrite: boolean; deadlineMs: number }): Call {
    const { from, to, isWrite, deadlineMs } = plan;
    const number = this.calls.length;
    const call: AuditedCall = { number, from, to, isWrite, settled: [], served: 0 };
    this.calls.push(call);
    return {
      deadlineMs,
      isWrite,
      byteLength: numberBytes,
      write: (target, at) => viewAt(target, at).setUint32(0, number),
      answered: (bytes, start = 0, end = bytes.length) => {
        assert.equal(end - start, numberBytes);
        assert.equal(viewAt(bytes, start).getUint32(0), number, "the answer of another call");
        call.settled.push("answered");
      },
      failed: (error) => void call.settled.push(error),
    };
  }

  /** `process`, a name for each process that ever was, has taken `request`. The result answers it. */
  serve(process: string, request: ServedCall): () => void {
    const number = viewAt(request.payload, 0).getUint32(0);
    const call = this.calls[number];
    assert.ok(call !== undefined && request.payload.length === numberBytes, "an invented call");
    assert.equal(call.from, request.from);
    call.served++;
    const pair = `${call.from} -> ${process}`;
    const last = this.#lastServed.get(pair) ?? -1;
    assert.ok(last < number, `call ${number} of ${pair} was served after ${last}`);
    this.#lastServed.set(pair, number);
    return () =>
      request.answer(numberBytes, (target, at) => viewAt(target, at).setUint32(0, number));
  }

  /** Every call has settled once, none was served twice, and what is said of each is true. `isExcused`: its process has ended. */
  check(isExcused: (call: AuditedCall) => boolean): void {
    for (const call of this.calls) {
      const { number, settled, served, isWrite } = call;
      const [outcome] = settled;
      const told = `call ${number}, served ${served} times, settled as ${settled.map(String).join(" and ")}`;
      assert.ok(settled.length === 1 || (settled.length === 0 && isExcused(call)), told);
      assert.ok(served <= 1, told);
      if (outcome === "answered") assert.equal(served, 1, told);
      else if (outcome !== undefined && isSurelyNotSent(outcome, isWrite)) {
        assert.equal(served, 0, told);
      }
    }
  }
}

/** Whether a failure says that the call was not sent. Of a read that was sent nothing needs to be said. */
function isSurelyNotSent({ code, details }: ClusterError, isWrite: boolean): boolean {
  if ("mayHaveBeenApplied" in details) return isWrite && !details.mayHaveBeenApplied;
  return (
    code === "CLUSTER_NO_CONNECTION" || code === "CLUSTER_REFUSED" || code === "CLUSTER_CONGESTED"
  );
}

function viewAt(bytes: Uint8Array, at: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + at);
}
