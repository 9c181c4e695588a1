import type { Verdict } from "../acknowledgement/acknowledgement-rule.ts";
import type { Parameter, Reply } from "../cluster.ts";
import { LinkLostError, RefusedError } from "../connection/link.ts";
import type { PrimaryLink, Proof } from "../connection/primary-link.ts";
import type { Refusal } from "../connection/refusal.ts";
import type { WriteOperation } from "./write-operation.ts";

/** A write that comes back from a batch and may be sent again. */
export interface Returned {
  readonly operation: WriteOperation;
  /** What the server said; `undefined` when its connection ended before it said anything. */
  readonly refusal: Refusal | undefined;
}

/** Who is told how a batch goes. */
export interface BatchListener {
  /** Every write of it was answered, or its connection has ended: these come back, in their order. */
  answered(batch: readonly WriteOperation[], returned: readonly Returned[]): void;
  /** The writes were executed, and then it could not be proven that they are kept; these may be repeated. */
  doubtful(returned: readonly Returned[]): void;
}

type Answer =
  | { readonly type: "reply"; readonly reply: Reply }
  | { readonly type: "refused"; readonly refusal: Refusal }
  | { readonly type: "lost"; readonly reason: string };

/**
 * Sends writes to one primary, and behind them, on the same connection, one question whether all of them are kept; settles when each has its
 * outcome or has come back. Never rejects.
 */
export async function runBatch(
  primary: PrimaryLink,
  batch: readonly WriteOperation[],
  listener: BatchListener,
): Promise<void> {
  using watch = new GiveUpWatch(primary, batch);
  const sendings = batch.map((operation) => send(primary, operation));
  const proof = primary.prove();
  const verdict = settled(proof.verdict);
  const answers = await Promise.all(sendings);
  const executed: (readonly [operation: WriteOperation, reply: Reply])[] = [];
  const applied: WriteOperation[] = [];
  const returned: Returned[] = [];
  for (const [index, operation] of batch.entries()) {
    const answer = answers[index];
    if (answer?.type !== "refused" || answer.refusal.type === "other") applied.push(operation);
    if (answer?.type === "reply") {
      executed.push([operation, answer.reply]);
      operation.answered();
    } else if (answer !== undefined) {
      watch.leave(operation);
      const back = cameBack(operation, answer);
      if (back !== undefined) returned.push(back);
    }
  }
  listener.answered(batch, withoutOvertaken(returned, applied));
  const end = await untilKept(proof, verdict, batch);
  watch.end();
  if (end.type === "kept") {
    for (const [operation, reply] of executed) operation.succeed(reply);
    return;
  }
  if (end.type === "lost-track") primary.link.destroy(end.reason);
  listener.doubtful(
    executed.flatMap(
      ([operation]) => cameBack(operation, { type: "lost", reason: end.reason }) ?? [],
    ),
  );
}

/** Ends the connection when nobody waits any more for what it owes: its answers would be for nobody. */
class GiveUpWatch implements Disposable {
  readonly #left: Set<WriteOperation>;
  #isOver = false;

  constructor(primary: PrimaryLink, batch: readonly WriteOperation[]) {
    this.#left = new Set(batch);
    for (const operation of batch) {
      operation.onSettled(() => {
        if (this.#isOver || !this.#left.delete(operation) || this.#left.size > 0) return;
        primary.link.destroy("it did not answer in time");
      });
    }
  }

  leave(operation: WriteOperation): void {
    this.#left.delete(operation);
  }

  end(): void {
    this.#isOver = true;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
  }
}

async function send({ link }: PrimaryLink, operation: WriteOperation): Promise<Answer> {
  const { script, key, parameters } = operation;
  operation.sent();
  const run: Parameter[] = operation.usesSource
    ? ["EVAL", script.source, "1", key, ...parameters]
    : ["EVALSHA", script.digest, "1", key, ...parameters];
  if (!operation.usesSource && !link.scripts.has(script.digest)) {
    // Loading first keeps the writes behind it in order: none of them comes back because its script is not known.
    link.scripts.add(script.digest);
    link.send(["SCRIPT", "LOAD", script.source]).catch(() => undefined);
  }
  if (operation.askedAddress !== undefined) {
    link.send(["ASKING"]).catch(() => undefined);
  }
  try {
    return { type: "reply", reply: await link.send(run) };
  } catch (error) {
    if (error instanceof RefusedError) return { type: "refused", refusal: error.refusal };
    if (error instanceof LinkLostError) return { type: "lost", reason: error.message };
    throw error;
  }
}

/** What becomes of a write that has no success; `undefined` when it is settled now. */
function cameBack(
  operation: WriteOperation,
  answer: Exclude<Answer, { type: "reply" }>,
): Returned | undefined {
  if (operation.isSettled) return undefined;
  if (answer.type === "lost") {
    operation.lost();
    if (operation.mayRepeat) return { operation, refusal: undefined };
    operation.giveUp(answer.reason);
    return undefined;
  }
  const { refusal } = answer;
  if (refusal.type === "other") {
    operation.giveUp(refusal.reason);
    return undefined;
  }
  operation.returned();
  if (refusal.type !== "never") return { operation, refusal };
  operation.giveUp(refusal.reason);
  return undefined;
}

/**
 * A write that was refused while a later one of the same key was executed, or may have been, must not be sent again: it would be applied behind it.
 * It surely did not happen.
 */
function withoutOvertaken(
  returned: readonly Returned[],
  applied: readonly WriteOperation[],
): readonly Returned[] {
  if (returned.length === 0 || applied.length === 0) return returned;
  const last = new Map(applied.map(({ key, order }) => [textOfKey(key), order]));
  return returned.filter(({ operation, refusal }) => {
    const later = last.get(textOfKey(operation.key));
    if (refusal === undefined || later === undefined || later < operation.order) return true;
    operation.giveUp("the cluster changed in the midst of several writes for one bucket");
    return false;
  });
}

function textOfKey(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}

/** Asks until everything is kept, or nobody waits for it. */
async function untilKept(
  proof: Proof,
  first: Promise<Verdict>,
  batch: readonly WriteOperation[],
): Promise<Verdict> {
  let verdict = await first;
  while (verdict.type === "not-yet" && batch.some(({ isSettled }) => !isSettled)) {
    verdict = await settled(proof.again());
  }
  return verdict;
}

/** The verdict; a connection that was lost, or a server that does not say, proves nothing. */
async function settled(verdict: Promise<Verdict>): Promise<Verdict> {
  try {
    return await verdict;
  } catch (error) {
    if (error instanceof RefusedError || error instanceof LinkLostError) {
      return { type: "lost-track", reason: error.message };
    }
    throw error;
  }
}
