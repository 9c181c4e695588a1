import type { Answer, Answering } from "@kv/kv";
import { type Command, type Effect, effectOf } from "./command.ts";
import { execute, type Outcome, replyTo } from "./execute.ts";
import type { FrontDoor } from "./front-door.ts";
import type { Decoder } from "./protocol.ts";
import { isRequestFailure, refusalOf } from "./refusal.ts";
import { type Refusal, type Reply, refuse } from "./reply.ts";
import { type CommitGroup, type GroupFailure, type OwedReply, ReplyQueue } from "./reply-queue.ts";
import type { Request } from "./request.ts";
import type { Credentials } from "./users.ts";

const UNKNOWN_COMMAND: Reply = { type: "unknown-command" };
const AUTHENTICATED: Reply = { type: "authenticated" };
const AUTHENTICATION_REQUIRED = refuse("authentication required");
const WRONG_PASSWORD = refuse("wrong name or password");
const NO_USERS = refuse("no users are configured: nobody has to log in here");

/**
 * Why no more requests are executed for now. *starved*: there is no whole one. *waiting*: the last one must be
 * answered before the next begins. *full*: enough output is pending. *foreign*: the client speaks another protocol.
 */
export type Pause = "starved" | "waiting" | "full" | "foreign";

/** How a session makes itself heard between two pieces of input. */
export interface SessionEvents {
  /** Replies may have come due, or requests may be executed again. */
  readonly onProgress: () => void;
  /** Something failed that must not. */
  readonly onBug: (error: unknown) => void;
}

/**
 * The conversation on one connection: bytes in, requests executed in order, replies out in order. It knows no
 * socket; whoever does feeds it and takes away what it puts into the front door's output.
 */
export class Session {
  readonly #door: FrontDoor;
  readonly #events: SessionEvents;
  readonly #decoder: Decoder;
  readonly #queue = new ReplyQueue();
  #isAuthenticated = false;
  /** Whether the next request must not begin before one under way has been answered. */
  #isWaiting = false;
  #isStopped = false;
  #isAbandoned = false;

  constructor(door: FrontDoor, events: SessionEvents) {
    this.#door = door;
    this.#events = events;
    this.#decoder = door.protocol.createDecoder(door.environment);
  }

  /** Whether a request has been executed whose reply has not been delivered. */
  get owesReplies(): boolean {
    return !this.#queue.isEmpty;
  }

  /** What all replies that were not taken away weigh, in bytes. */
  get pendingBytes(): number {
    return this.#queue.bytes + this.#door.output.length;
  }

  /** Lends input: it must not change before {@link Session.keepInput}. */
  feed(bytes: Uint8Array): void {
    if (!this.#isStopped) this.#decoder.feed(bytes);
  }

  /** Copies the lent input that was not used up. Returns how many bytes of input wait. */
  keepInput(): number {
    return this.#decoder.keep();
  }

  /**
   * Executes requests until there is a reason to pause; *full* when replies of `roomBytes` are pending. Throws
   * only what is a bug.
   */
  execute(roomBytes: number): Pause {
    while (!this.#isStopped) {
      if (this.#isWaiting) return "waiting";
      if (this.pendingBytes >= roomBytes) return "full";
      const request = this.#decoder.next();
      if (request === undefined) break;
      if (request.type === "foreign-protocol") return "foreign";
      this.#serve(request);
    }
    return "starved";
  }

  /** Puts the replies that are due into the output. */
  deliver(): void {
    const { protocol, output } = this.#door;
    for (let reply = this.#queue.take(); reply !== undefined; reply = this.#queue.take()) {
      protocol.encode(reply, output);
    }
  }

  /** Executes no more requests; those under way are answered. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Nobody waits for replies any more. */
  abandon(): void {
    this.#isStopped = true;
    this.#isAbandoned = true;
  }

  #serve(request: Exclude<Request, { readonly type: "foreign-protocol" }>): void {
    if (request.type === "authenticate") {
      this.#authenticate(request);
    } else if (!this.#isAuthenticated && this.#door.users.isRequired) {
      this.#answer(AUTHENTICATION_REQUIRED);
    } else if (request.type === "unknown-command") {
      this.#answer(UNKNOWN_COMMAND);
    } else if (request.type === "too-long") {
      const { part, limitBytes } = request;
      const reason = `the ${part} is longer than the limit of ${limitBytes} bytes`;
      this.#answer(refuse(reason));
    } else {
      this.#ask(request);
    }
  }

  #ask(command: Command): void {
    const { type } = command;
    const effect = effectOf(type);
    let answering: Answering<Outcome>;
    try {
      answering = execute(this.#door.kv, command);
    } catch (error) {
      this.#answer(this.#refusal(error, effect));
      return;
    }
    if (answering instanceof Promise) {
      const place = this.#queue.reserve(effect);
      this.#isWaiting = effect === "write";
      this.#collect(place, answering, type).catch(this.#events.onBug);
    } else {
      this.#answer(replyTo(type, answering.outcome), effect, answering.durable);
    }
  }

  /** Nothing is queued that need not be: most replies go straight into the output. */
  #answer(reply: Reply, effect: Effect = "read", durable?: Promise<void>): void {
    if (durable === undefined && this.#queue.isEmpty) {
      this.#door.protocol.encode(reply, this.#door.output);
    } else {
      this.#queue.add(reply, effect, this.#groupOf(durable));
    }
  }

  async #collect(
    place: OwedReply,
    answering: Promise<Answer<Outcome>>,
    type: Command["type"],
  ): Promise<void> {
    try {
      const { outcome, durable } = await answering;
      this.#queue.fill(place, replyTo(type, outcome), this.#groupOf(durable));
    } catch (error) {
      this.#queue.fill(place, this.#refusal(error, place.effect), undefined);
    }
    this.#goOn(place);
  }

  #authenticate(credentials: Credentials): void {
    const { users } = this.#door;
    if (!users.isRequired) {
      this.#answer(NO_USERS);
      return;
    }
    const place = this.#queue.reserve("write");
    this.#isWaiting = true;
    const verifying = users.verify(credentials, () => !this.#isAbandoned);
    this.#admit(place, verifying).catch(this.#events.onBug);
  }

  async #admit(place: OwedReply, verifying: Promise<boolean>): Promise<void> {
    const isRight = await verifying;
    this.#isAuthenticated ||= isRight;
    if (!isRight && !this.#isAbandoned) this.#door.log.wrongPassword();
    this.#queue.fill(place, isRight ? AUTHENTICATED : WRONG_PASSWORD, undefined);
    this.#goOn(place);
  }

  /** The reply in `place` is there; if it was waited for, the next request may begin. */
  #goOn({ effect }: OwedReply): void {
    if (effect === "write") this.#isWaiting = false;
    this.#events.onProgress();
  }

  /** The group of `durable` on this connection; the first time, it is listened to. */
  #groupOf(durable: Promise<void> | undefined): CommitGroup | undefined {
    if (durable === undefined) return undefined;
    const known = this.#queue.group(durable);
    if (known !== undefined) return known;
    durable.then(
      () => this.#settle(durable, "durable"),
      (error: unknown) => this.#fail(durable, error),
    );
    return this.#queue.openGroup(durable);
  }

  #settle(durable: Promise<void>, state: "durable" | GroupFailure): void {
    this.#queue.settleGroup(durable, state);
    this.#events.onProgress();
  }

  #fail(durable: Promise<void>, error: unknown): void {
    if (isRequestFailure(error)) {
      this.#door.log.requestFailed(error);
      this.#settle(durable, { read: refusalOf(error, "read"), write: refusalOf(error, "write") });
    } else {
      this.#events.onBug(error);
    }
  }

  /** What the client is told of a failure; rethrows what is none. */
  #refusal(error: unknown, effect: Effect): Refusal {
    if (!isRequestFailure(error)) throw error;
    this.#door.log.requestFailed(error);
    return refusalOf(error, effect);
  }
}
