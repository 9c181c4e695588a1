import type { Revision, WriteResult } from "@kv/storage";
import { encodeStored, isNumbered, storedBytes } from "./codec/encode-plain-answer.ts";
import type { GroupMember } from "./commit-groups.ts";
import type { ServedCall } from "./link.ts";
import { type ReplyTerms, ServedReply } from "./served-reply.ts";

/** The reply that is owed to a plain put: it goes out when that is durable. */
export class StoredReply implements GroupMember {
  readonly #terms: ReplyTerms;
  readonly #call: ServedCall;
  readonly #revision: Revision;
  readonly #isAdded: boolean;

  /** `written` is not kept. */
  constructor(terms: ReplyTerms, call: ServedCall, { revision, isAdded }: WriteResult) {
    this.#terms = terms;
    this.#call = call;
    this.#revision = revision;
    this.#isAdded = isAdded;
  }

  durable(): void {
    const revision = this.#revision;
    const added = this.#isAdded ? 1 : 0;
    if (!isNumbered(revision)) {
      const outcome = { type: "stored", revision, added } as const;
      return this.#usualReply().answered({ outcome, durable: undefined });
    }
    if (this.#call.isGone) return;
    this.#call.answer(storedBytes, (target, at) => encodeStored(target, at, revision, added));
  }

  notDurable(error: unknown): void {
    this.#usualReply().failed(error);
  }

  #usualReply(): ServedReply {
    return new ServedReply(this.#terms, this.#call, "put");
  }
}
