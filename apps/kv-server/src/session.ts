import type { Answer, Answering } from "@kv/kv";
import { type Command, type Demand, demandOf, type Effect, READ } from "./command.ts";
import { execute, type Outcome, replyTo } from "./execute.ts";
import type { FrontDoor } from "./front-door.ts";
import type { Decoder } from "./protocol.ts";
import { isRequestFailure, refusalOf } from "./refusal.ts";
import { type Refusal, type Reply, refuse } from "./reply.ts";
import { type CommitGroup, type GroupFailure, type OwedReply, ReplyQueue } from "./reply-queue.ts";
import type { Request } from "./request.ts";
import type { User } from "./user.ts";
import type { Credentials, Login } from "./users.ts";

const UNKNOWN_COMMAND: Reply = { type: "unknown-command" };
const AUTHENTICATED: Reply = { type: "authenticated" };
const AUTHENTICATION_REQUIRED = refuse("authentication required");
const WRONG_PASSWORD = refuse("wrong name or password");
const TOO_MANY_LOGINS = refuse("too many log-ins at a time; try again");
const NO_USERS = refuse("no users are configured: nobody has to log in here");

/** An `AUTH` waits like a write: what is behind it must not begin before it is answered. It writes nothing. */
const LOG_IN: Demand = { effect: "write", writtenBytes: 0 };

/**
 * Why no more requests are executed for now. *starved*: there is no whole one. *waiting*: the last one must be
 * answered before the next begins. *full*: enough output is pending. *foreign*: the client speaks another protocol.
 */
export type Pause = "starved" | "waiting" | "full" | "foreign";

/** Whom a session talks to, and how it makes itself heard between two pieces of input. */
export interface SessionOptions {
  /** The client's address and port, for events. */
  readonly peer: string;
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
  readonly #options: SessionOptions;
  readonly #decoder: Decoder;
  readonly #queue = new ReplyQueue();
  /** Who has logged in. */
  #user: User | undefined;
  /** Whether the next request must not begin before one under way has been answered. */
  #isWaiting = false;
  #isStopped = false;
  #isAbandoned = false;

  constructor(door: FrontDoor, options: SessionOptions) {
    this.#door = door;
    this.#options = options;
    this.#decoder = door.protocol.createDecoder(door.environment);
  }

  /** Whether a request has been executed whose reply has not been delivered. */
  get owesReplies(): boolean {
    return !this.#queue.isEmpty;
  }

  /** What all replies that were not taken away, and the writes they wait for, weigh, in bytes. */
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
   * Executes requests until there is a reason to pause; *full* when `roomBytes` are pending. Throws only what
   * is a bug.
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
    } else if (!this.#isAdmitted) {
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

  /** Judged for every request: who has logged in may be removed at any time, and users may be configured. */
  get #isAdmitted(): boolean {
    const { users } = this.#door;
    return (this.#user !== undefined && users.knows(this.#user)) || !users.isRequired;
  }

  #ask(command: Command): void {
    const { type } = command;
    const demand = demandOf(command);
    let answering: Answering<Outcome>;
    try {
      answering = execute(this.#door.kv, command);
    } catch (error) {
      this.#answer(this.#refusal(error, demand.effect));
      return;
    }
    if (answering instanceof Promise) {
      const place = this.#queue.reserve(demand);
      this.#isWaiting = demand.effect === "write";
      this.#collect(place, answering, type).catch(this.#options.onBug);
    } else {
      this.#answer(replyTo(type, answering.outcome), demand, answering.durable);
    }
  }

  /** Nothing is queued that need not be: most replies go straight into the output. */
  #answer(reply: Reply, demand = READ, durable?: Promise<void>): void {
    if (durable === undefined && this.#queue.isEmpty) {
      this.#door.protocol.encode(reply, this.#door.output);
    } else {
      this.#queue.add(reply, demand, this.#groupOf(durable));
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
      this.#queue.fill(place, this.#refusal(error, place.demand.effect), undefined);
    }
    this.#goOn(place);
  }

  #authenticate(credentials: Credentials): void {
    const { users } = this.#door;
    if (!users.isRequired) {
      this.#answer(NO_USERS);
      return;
    }
    const login = users.logIn(credentials, () => !this.#isAbandoned);
    if (login instanceof Promise) {
      const place = this.#queue.reserve(LOG_IN);
      this.#isWaiting = true;
      this.#awaitLogin(place, login).catch(this.#options.onBug);
    } else {
      this.#answer(this.#admit(login));
    }
  }

  async #awaitLogin(place: OwedReply, verifying: Promise<Login>): Promise<void> {
    this.#queue.fill(place, this.#admit(await verifying), undefined);
    this.#goOn(place);
  }

  /** Draws the consequences of `login`; what the client is told of it. */
  #admit(login: Login): Reply {
    const { log } = this.#door;
    if (login.type === "right") {
      this.#user = login.user;
      return AUTHENTICATED;
    }
    if (login.type === "busy") {
      log.tooManyLogins(this.#options.peer);
      return TOO_MANY_LOGINS;
    }
    if (!this.#isAbandoned) log.wrongPassword(this.#options.peer);
    return WRONG_PASSWORD;
  }

  /** The reply in `place` is there; if it was waited for, the next request may begin. */
  #goOn({ demand }: OwedReply): void {
    if (demand.effect === "write") this.#isWaiting = false;
    this.#options.onProgress();
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
    this.#options.onProgress();
  }

  #fail(durable: Promise<void>, error: unknown): void {
    if (isRequestFailure(error)) {
      this.#door.log.requestFailed(error);
      this.#settle(durable, { read: refusalOf(error, "read"), write: refusalOf(error, "write") });
    } else {
      this.#options.onBug(error);
    }
  }

  /** What the client is told of a failure; rethrows what is none. */
  #refusal(error: unknown, effect: Effect): Refusal {
    if (!isRequestFailure(error)) throw error;
    this.#door.log.requestFailed(error);
    return refusalOf(error, effect);
  }
}
