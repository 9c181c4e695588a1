import type { Answer, Answering, ValueSink } from "@kv/kv";
import type { Client } from "./client.ts";
import type { Command, GetCommand } from "./execute/command.ts";
import { answerDemand, type Demand, demandOf, type Effect } from "./execute/demand.ts";
import { execute } from "./execute/execute.ts";
import type { FrontDoor } from "./front-door.ts";
import { GroupListener } from "./group-listener.ts";
import type { Decoder } from "./protocol.ts";
import { isRequestFailure, refusalOf, refuseTooLong } from "./refusal.ts";
import { type Refusal, type Reply, refuse } from "./reply.ts";
import { type OwedReply, ReplyQueue } from "./reply-queue.ts";
import type {
  AuthenticateRequest,
  LocalRequest,
  Performed,
  ReplyForm,
  Request,
} from "./request.ts";
import type { User } from "./user.ts";
import type { Login } from "./users.ts";

const UNKNOWN_COMMAND: Reply = { type: "unknown-command" };
const AUTHENTICATED: Reply = { type: "authenticated" };
const AUTHENTICATION_REQUIRED: Reply = { type: "authentication-required" };
const WRONG_PASSWORD: Reply = { type: "wrong-password" };
const FOUND_NOTHING: Readonly<Record<"missing" | "no-bucket", Reply>> = {
  missing: { type: "missing" },
  "no-bucket": { type: "no-bucket" },
};
const DONE: Reply = { type: "done" };
const TOO_MANY_LOGINS = refuse("too many log-ins at a time; try again");
const NO_USERS: Reply = { type: "no-users" };

/** An `AUTH` waits like a write: what is behind it must not begin before it is answered. It writes nothing. */
const LOG_IN: Demand = { effect: "write", writtenBytes: 0 };

/**
 * Why no more requests are executed for now. *starved*: there is no whole one. *waiting*: the last one must be
 * answered before the next begins. *full*: enough output is pending. *leaving*: there will be no further one.
 * *foreign*: the client speaks another protocol.
 */
export type Pause = "starved" | "waiting" | "full" | "leaving" | "foreign";

interface WithForm {
  readonly form?: ReplyForm;
}

/** Whom a session talks to, and how it makes itself heard between two pieces of input. */
export interface SessionOptions {
  readonly client: Client;
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
  readonly #groups: GroupListener;
  readonly #sink: ValueSink;
  /** Who has logged in. */
  #user: User | undefined;
  /** Whether the next request must not begin before one under way has been answered. */
  #isWaiting = false;
  #isStopped = false;
  #isLeaving = false;
  #isAbandoned = false;

  constructor(door: FrontDoor, options: SessionOptions) {
    this.#door = door;
    this.#options = options;
    this.#decoder = door.protocol.createDecoder(door, options.client);
    const { onProgress, onBug } = options;
    const { log } = door;
    this.#groups = new GroupListener({ queue: this.#queue, log, onSettled: onProgress, onBug });
    this.#sink = door.protocol.createValueSink(door.output);
  }

  /** Who has logged in. */
  get userName(): string | undefined {
    return this.#user?.name;
  }

  /**
   * Whether requests are served. Judged for every one: who has logged in may be removed at any time, and users may be
   * configured.
   */
  get isAdmitted(): boolean {
    const { users } = this.#door;
    return (this.#user !== undefined && users.knows(this.#user)) || !users.isRequired;
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
    return this.#isLeaving ? "leaving" : "starved";
  }

  /** Puts the replies that are due into the output. */
  deliver(): void {
    const { protocol, output } = this.#door;
    for (let due = this.#queue.take(); due !== undefined; due = this.#queue.take()) {
      if (due.form === undefined) protocol.encode(due.reply, output);
      else due.form(due.reply, output);
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
    const { type, form } = request;
    if (type === "authenticate") this.#authenticate(request);
    else if (type === "leave") this.#leave(request);
    else if (type === "log-out") this.#logOut(request);
    else if (type === "local" && request.isOpen) this.#perform(request);
    else if (!this.isAdmitted) this.#answer(AUTHENTICATION_REQUIRED, form);
    else if (type === "local") this.#perform(request);
    else if (type === "unknown-command") this.#answer(UNKNOWN_COMMAND, form);
    else if (type === "too-long") {
      this.#answer(refuseTooLong(request.part, request.limitBytes), form);
    } else this.#ask(request);
  }

  #perform({ perform, replyBytes, form }: Partial<LocalRequest> & WithForm): void {
    perform?.();
    this.#answer(DONE, form, replyBytes);
  }

  #logOut(request: Performed & WithForm): void {
    this.#user = undefined;
    this.#perform(request);
  }

  #leave(request: Performed & WithForm): void {
    this.#perform(request);
    this.#isLeaving = true;
    this.#isStopped = true;
  }

  #ask(command: Command & WithForm): void {
    const { form } = command;
    let answering: Answering<Reply>;
    try {
      if (command.type === "get" && this.#readAtOnce(command)) return;
      answering = execute(this.#door, command);
    } catch (error) {
      this.#answer(this.#refusal(error, demandOf(command).effect), form);
      return;
    }
    if (answering instanceof Promise) {
      const demand = demandOf(command);
      const place = this.#queue.reserve(demand, form);
      this.#isWaiting = demand.effect === "write";
      this.#collect(place, answering).catch(this.#options.onBug);
    } else {
      const { outcome: reply, durable } = answering;
      if (durable === undefined) this.#answer(reply, form);
      else this.#queue.add({ reply, form }, demandOf(command), this.#groups.groupOf(durable));
    }
  }

  /** Has the bytes of a value copied once, to where they go out; whether that could be, and the reply is there. */
  #readAtOnce({ bucket, key, isPlain, form }: GetCommand & WithForm): boolean {
    const { kv, environment } = this.#door;
    if (isPlain !== true || !this.#queue.isEmpty || key.length > environment.keyLimitBytes) {
      return false;
    }
    const result = kv.read(bucket, key, this.#sink);
    if (result === undefined) return false;
    if (result !== "found") this.#answer(FOUND_NOTHING[result], form);
    return true;
  }

  /** Nothing is queued that need not be: most replies go straight into the output. */
  #answer(reply: Reply, form: ReplyForm | undefined, replyBytes = 0): void {
    const { protocol, output } = this.#door;
    if (!this.#queue.isEmpty) this.#queue.add({ reply, form }, answerDemand(replyBytes), undefined);
    else if (form === undefined) protocol.encode(reply, output);
    else form(reply, output);
  }

  async #collect(place: OwedReply, answering: Promise<Answer<Reply>>): Promise<void> {
    try {
      const { outcome, durable } = await answering;
      this.#queue.fill(place, outcome, this.#groups.groupOf(durable));
    } catch (error) {
      this.#queue.fill(place, this.#refusal(error, place.effect), undefined);
    }
    this.#goOn(place);
  }

  #authenticate(request: AuthenticateRequest & WithForm): void {
    const { users } = this.#door;
    const { form } = request;
    if (!users.isRequired) {
      this.#answer(NO_USERS, form);
      return;
    }
    const login = users.logIn(request, () => !this.#isAbandoned);
    if (login instanceof Promise) {
      const place = this.#queue.reserve(LOG_IN, form);
      this.#isWaiting = true;
      this.#awaitLogin(place, login, request).catch(this.#options.onBug);
    } else {
      this.#answer(this.#admit(login, request), form);
    }
  }

  async #awaitLogin(
    place: OwedReply,
    verifying: Promise<Login>,
    request: AuthenticateRequest,
  ): Promise<void> {
    this.#queue.fill(place, this.#admit(await verifying, request), undefined);
    this.#goOn(place);
  }

  /** Draws the consequences of `login`; what the client is told of it. */
  #admit(login: Login, { onAdmitted }: AuthenticateRequest): Reply {
    const { log } = this.#door;
    const { peer } = this.#options.client;
    if (login.type === "right") {
      this.#user = login.user;
      onAdmitted?.();
      return AUTHENTICATED;
    }
    if (login.type === "busy") {
      log.tooManyLogins(peer);
      return TOO_MANY_LOGINS;
    }
    if (!this.#isAbandoned) log.wrongPassword(peer);
    return WRONG_PASSWORD;
  }

  /** The reply in `place` is there; if it was waited for, the next request may begin. */
  #goOn({ effect }: OwedReply): void {
    if (effect === "write") this.#isWaiting = false;
    this.#options.onProgress();
  }

  /** What the client is told of a failure; rethrows what is none. */
  #refusal(error: unknown, effect: Effect): Refusal {
    if (!isRequestFailure(error)) throw error;
    this.#door.log.requestFailed(error);
    return refusalOf(error, effect);
  }
}
