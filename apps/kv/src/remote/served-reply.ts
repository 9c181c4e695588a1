import { type Answer, StorageError } from "@kv/storage";
import { KvError } from "../errors.ts";
import type { NodeName } from "@kv/cluster";
import { measureResponse, writeResponse } from "./codec/response-codec.ts";
import { WireWriter } from "./codec/wire-writer.ts";
import type { CommitGroups, GroupMember } from "./commit-groups.ts";
import type { LaterListener } from "./later.ts";
import type { ServedCall } from "./link.ts";
import type { AnyOutcome } from "./perform-request.ts";
import { IS_WRITE, type RemoteOperation } from "./request.ts";
import type { RemoteResponse } from "./response.ts";

/** What a reply needs of the node that gives it. */
export interface ReplyTerms {
  readonly node: NodeName;
  readonly groups: CommitGroups;
  /** Longest answer that a link takes. */
  readonly answerLimitBytes: number;
  /** Told what failed and must not. */
  readonly onBug: (error: unknown) => void;
}

/** The reply that is owed to one request of another node: it goes out when there is an outcome and that is durable. */
export class ServedReply implements LaterListener<AnyOutcome>, GroupMember {
  readonly #terms: ReplyTerms;
  readonly #call: ServedCall;
  readonly #operation: RemoteOperation;
  #outcome: AnyOutcome | undefined;
  /** Called instead of replying that the outcome is too large. */
  onTooLarge: (() => void) | undefined;

  constructor(terms: ReplyTerms, call: ServedCall, operation: RemoteOperation) {
    this.#terms = terms;
    this.#call = call;
    this.#operation = operation;
  }

  /** Replies with the outcome, at once when it rests on nothing. */
  answered({ outcome, durable }: Answer<AnyOutcome>): void {
    if (durable === undefined) return this.#send(outcome);
    this.#outcome = outcome;
    this.#terms.groups.add(durable, this);
  }

  /** Replies that there is no outcome. What is no operating failure is a bug: it is told, and the other node learns only that much. */
  failed(error: unknown): void {
    if (error instanceof KvError || error instanceof StorageError) return this.#send(error);
    const { node, onBug } = this.#terms;
    onBug(error);
    const mayHaveBeenApplied = IS_WRITE[this.#operation];
    this.#send(new KvError("KV_NODE_FAILED", { node, mayHaveBeenApplied }));
  }

  durable(): void {
    if (this.#outcome === undefined) throw new Error("what waits for its group has an outcome");
    this.#send(this.#outcome);
  }

  notDurable(error: unknown): void {
    this.failed(error);
  }

  #send(response: RemoteResponse): void {
    if (this.#call.isGone) return;
    const length = this.#measure(response);
    if (length === undefined) return;
    const { node, answerLimitBytes } = this.#terms;
    if (length <= answerLimitBytes) this.#write(response, length);
    else if (this.onTooLarge !== undefined) this.onTooLarge();
    else {
      const mayHaveBeenApplied = IS_WRITE[this.#operation];
      const failure = new KvError("KV_ANSWER_TOO_LARGE", { node, mayHaveBeenApplied });
      this.#write(failure, measureResponse(this.#operation, failure));
    }
  }

  /** `undefined` when no bytes can say what `response` does, which is a bug of the engine; it has been answered as one. */
  #measure(response: RemoteResponse): number | undefined {
    try {
      return measureResponse(this.#operation, response);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.failed(error);
      return undefined;
    }
  }

  #write(response: RemoteResponse, length: number): void {
    this.#call.answer(length, (target, at) => {
      writeResponse(new WireWriter(target, at), this.#operation, response);
    });
  }
}
