import type { Answer, PlainListener } from "@kv/kv";
import type { AwaitedReplies } from "./awaited-replies.ts";
import type { PlainRequest } from "./plain-request.ts";
import type { Reply } from "./reply.ts";
import type { CommitGroup, ReservedReply } from "./reply-queue.ts";
import type { ReplyForm } from "./request.ts";
import { type ShelvedValue, ValueShelf } from "./value-shelf.ts";
import { writtenReply } from "./written-reply.ts";

/** For the queue: that a value is there. It goes out in place of this. */
const VALUE_REPLY: Reply = { type: "done" };

/** All values that wait: most of them for no longer than the rest of the turn. */
const shelf = new ValueShelf();

/** The place of a plain request that another node is asked: nothing else is made for it here. */
export class AwaitedPlain implements ReservedReply, PlainListener {
  readonly effect: "read" | "write";
  readonly form: ReplyForm | undefined;
  reply: Reply | undefined = undefined;
  value: ShelvedValue | undefined = undefined;
  group: CommitGroup | undefined = undefined;
  bytes: number;
  awaitedBytes = 0;
  more = 0;
  readonly #replies: AwaitedReplies;

  constructor(replies: AwaitedReplies, { type, form, byteLength }: PlainRequest) {
    this.#replies = replies;
    this.effect = type === "get" ? "read" : "write";
    this.form = form;
    this.bytes = type === "get" ? 0 : byteLength;
  }

  found(words: DataView, start: number, end: number): void {
    this.value = shelf.put(words, start, end);
    this.#replies.fillAtOnce(this, VALUE_REPLY);
  }

  stored(added: number): void {
    this.#replies.fillAtOnce(this, writtenReply(added > 0));
  }

  answered(answer: Answer<Reply>): void {
    this.#replies.fill(this, answer);
  }

  failed(error: unknown): void {
    this.#replies.fail(this, error);
  }
}
