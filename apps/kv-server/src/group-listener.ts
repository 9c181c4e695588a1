import type { Effect } from "./execute/demand.ts";
import { isRequestFailure, refusalOf } from "./refusal.ts";
import type { Refusal } from "./reply.ts";
import type { CommitGroup, GroupFailure, ReplyQueue } from "./reply-queue.ts";
import type { ServerLog } from "./server-log.ts";

/** Whom a {@link GroupListener} tells what. */
export interface GroupListenerOptions {
  readonly queue: ReplyQueue;
  readonly log: Pick<ServerLog, "requestFailed">;
  /** A group has settled: replies may have come due. */
  readonly onSettled: () => void;
  /** Something failed that must not. */
  readonly onBug: (error: unknown) => void;
}

/** Listens to the groups that the replies of one connection rest on, once to each, and tells its queue. */
export class GroupListener {
  readonly #options: GroupListenerOptions;

  constructor(options: GroupListenerOptions) {
    this.#options = options;
  }

  /** The group of `durable` in the queue, `undefined` for what rests on nothing. */
  groupOf(durable: Promise<void> | undefined): CommitGroup | undefined {
    if (durable === undefined) return undefined;
    const { queue } = this.#options;
    return queue.group(durable) ?? this.#listen(durable);
  }

  #listen(durable: Promise<void>): CommitGroup {
    durable.then(
      () => this.#settle(durable, "durable"),
      (error: unknown) => this.#fail(durable, error),
    );
    return this.#options.queue.openGroup(durable);
  }

  #settle(durable: Promise<void>, state: "durable" | GroupFailure): void {
    this.#options.queue.settleGroup(durable, state);
    this.#options.onSettled();
  }

  #fail(durable: Promise<void>, error: unknown): void {
    if (isRequestFailure(error)) {
      this.#options.log.requestFailed(error);
      const told = (effect: Effect): Refusal => refusalOf(error, effect);
      const [read, write, writes] = [told("read"), told("write"), told("writes")];
      this.#settle(durable, { read, write, writes });
    } else {
      this.#options.onBug(error);
    }
  }
}
