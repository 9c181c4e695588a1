import type { ValueSink, WriteResult } from "@kv/kv";
import { Admission } from "./admission.ts";
import { AwaitedReplies } from "./awaited-replies.ts";
import type { Client } from "./client.ts";
import type { Command } from "./execute/command.ts";
import { answerDemand, type Demand, demandOf, type Effect } from "./execute/demand.ts";
import { execute } from "./execute/execute.ts";
import { isThere, type Replying } from "./execute/replying.ts";
import type { FrontDoor } from "./front-door.ts";
import { GroupListener } from "./group-listener.ts";
import type { Decoder } from "./protocol.ts";
import { Lookahead } from "./lookahead.ts";
import type { PlainRequest } from "./plain-request.ts";
import { isRequestFailure, refusalOf, refuseTooLong } from "./refusal.ts";
import type { Refusal, Reply } from "./reply.ts";
import { ReplyQueue } from "./reply-queue.ts";
import type {
  AuthenticateRequest,
  LocalRequest,
  Performed,
  ReplyForm,
  Request,
} from "./request.ts";
import { writtenReply } from "./written-reply.ts";

const UNKNOWN_COMMAND: Reply = { type: "unknown-command" };
const AUTHENTICATION_REQUIRED: Reply = { type: "authentication-required" };
const FOUND_NOTHING: Readonly<Record<"missing" | "no-bucket", Reply>> = {
  missing: { type: "missing" },
  "no-bucket": { type: "no-bucket" },
};
const DONE: Reply = { type: "done" };

/** An `AUTH` waits like a write: what is behind it must not begin before it is answered. It writes nothing. */
const LOG_IN: Demand = { effect: "write", writtenBytes: 0 };

/**
 * Why no more requests are executed for now. *starved*: there is no whole one. *waiting*: those under way, or the last one, must be
 * answered before the next begins. *full*: enough output is pending. *leaving*: there will be no further one.
 * *foreign*: the client speaks another protocol.
 */
export type Pause = "starved" | "waiting" | "full" | "leaving" | "foreign";

interface WithForm {
  readonly form?: ReplyForm | undefined;
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
  readonly #decoder: Decoder;
  readonly #plain: Lookahead;
  readonly #admission: Admission;
  readonly #queue = new ReplyQueue();
  readonly #groups: GroupListener;
  readonly #awaited: AwaitedReplies;
  readonly #sink: ValueSink;
  /** Whether another node was asked for what came last. */
  #isElsewhere = false;
  #isStopped = false;
  #isLeaving = false;

  constructor(door: FrontDoor, options: SessionOptions) {
    this.#door = door;
    this.#decoder = door.protocol.createDecoder(door, options.client);
    this.#plain = new Lookahead(this.#decoder, door.kv);
    this.#admission = new Admission(door, options.client);
    const { onProgress, onBug } = options;
    const { log } = door;
    const queue = this.#queue;
    this.#groups = new GroupListener({ queue, log, onSettled: onProgress, onBug });
    const epoch = (): unknown => door.kv.epoch();
    const groups = this.#groups;
    this.#awaited = new AwaitedReplies({ queue, groups, log, epoch, onProgress, onBug });
    this.#sink = door.protocol.createValueSink(door.output);
  }

  /** Who has logged in. */
  get userName(): string | undefined {
    return this.#admission.userName;
  }

  /** Whether requests are served: see {@link Admission.isGiven}. */
  get isAdmitted(): boolean {
    return this.#admission.isGiven;
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
  feed(piece: Parameters<Decoder["feed"]>[0]): void {
    if (!this.#isStopped) this.#decoder.feed(piece);
  }

  /** Copies the lent input that was not used up. Returns how many bytes of input wait. */
  keepInput(): number {
    return this.#plain.keep();
  }

  /**
   * Executes requests until there is a reason to pause; *full* when `roomBytes` are pending. Throws only what
   * is a bug.
   */
  execute(roomBytes: number): Pause {
    while (!this.#isStopped) {
      if (this.#awaited.isHolding) return "waiting";
      if (this.pendingBytes >= roomBytes) return "full";
      const plain = this.#plain.next();
      if (plain !== undefined) {
        this.#servePlain(plain);
        continue;
      }
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
      const { value } = due;
      if (value !== undefined) this.#sink(value.bytes, value.start, value.end, value.words);
      else if (due.form === undefined) protocol.encode(due.reply, output);
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
    this.#admission.abandon();
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

  #servePlain(plain: PlainRequest): void {
    const { form } = plain;
    if (!this.isAdmitted) this.#answer(AUTHENTICATION_REQUIRED, form);
    else if (!this.#serveAtOnce(plain)) this.#ask(plain.toCommand());
  }

  /** What was true of the request before is tried first: a client's buckets mostly lie on one node. */
  #serveAtOnce(plain: PlainRequest): boolean {
    const isElsewhere = this.#isElsewhere;
    if (isElsewhere && this.#askElsewhere(plain)) return true;
    if (plain.type === "put" ? this.#writeAtOnce(plain) : this.#readAtOnce(plain)) return true;
    return !isElsewhere && this.#askElsewhere(plain);
  }

  /** Has another node asked without a command being made; whether that is where the bucket is, and the reply is owed. */
  #askElsewhere(plain: PlainRequest): boolean {
    this.#isElsewhere = false;
    const { kv, environment } = this.#door;
    if (!plain.isWithin(environment)) return false;
    try {
      const asker = kv.elsewhere(plain.bucket);
      if (asker === undefined) return false;
      this.#awaited.ask(asker, plain);
      this.#isElsewhere = true;
    } catch (error) {
      this.#answer(this.#refusal(error, plain.type === "put" ? "write" : "read"), plain.form);
    }
    return true;
  }

  #perform({ perform, replyBytes, form }: Partial<LocalRequest> & WithForm): void {
    perform?.();
    this.#answer(DONE, form, replyBytes);
  }

  #logOut(request: Performed & WithForm): void {
    this.#admission.logOut();
    this.#perform(request);
  }

  #leave(request: Performed & WithForm): void {
    this.#perform(request);
    this.#isLeaving = true;
    this.#isStopped = true;
  }

  #ask(command: Command & WithForm): void {
    const { form } = command;
    let replying: Replying<Reply>;
    try {
      replying = execute(this.#door, command);
    } catch (error) {
      this.#answer(this.#refusal(error, demandOf(command).effect), form);
      return;
    }
    if (!isThere(replying)) {
      const isOfOneBucket = "bucket" in command;
      this.#awaited.expect(replying, { demand: demandOf(command), form, isOfOneBucket });
      return;
    }
    const { outcome: reply, durable } = replying;
    if (durable === undefined) this.#answer(reply, form);
    else this.#queue.add({ reply, form }, demandOf(command), this.#groups.groupOf(durable));
  }

  /** Has the bytes of a value copied once, to where they go out; whether that could be, and the reply is there. */
  #readAtOnce(plain: PlainRequest): boolean {
    const { kv, environment } = this.#door;
    if (!this.#queue.isEmpty || !plain.isWithin(environment)) return false;
    try {
      const result = kv.read(plain, this.#sink);
      if (result === undefined) return false;
      if (result !== "found") this.#answer(FOUND_NOTHING[result], plain.form);
    } catch (error) {
      this.#answer(this.#refusal(error, "read"), plain.form);
    }
    return true;
  }

  /** Has a value copied to where the store keeps it, without a view of it; whether that could be, and the reply is owed. */
  #writeAtOnce(plain: PlainRequest): boolean {
    const { kv, environment } = this.#door;
    const { form } = plain;
    if (!plain.isWithin(environment)) return false;
    let written: WriteResult | undefined;
    try {
      written = kv.write(plain);
    } catch (error) {
      this.#answer(this.#refusal(error, "write"), form);
      return true;
    }
    if (written === undefined) return false;
    const { isAdded, durable } = written;
    const reply = writtenReply(isAdded);
    const group = this.#groups.groupOf(durable);
    if (group === undefined) this.#answer(reply, form);
    else this.#queue.addWritten({ reply, form }, plain.byteLength, group);
    return true;
  }

  /** Nothing is queued that need not be: most replies go straight into the output. */
  #answer(reply: Reply, form: ReplyForm | undefined, replyBytes = 0): void {
    const { protocol, output } = this.#door;
    if (!this.#queue.isEmpty) this.#queue.add({ reply, form }, answerDemand(replyBytes), undefined);
    else if (form === undefined) protocol.encode(reply, output);
    else form(reply, output);
  }

  #authenticate(request: AuthenticateRequest & WithForm): void {
    const { form } = request;
    const answering = this.#admission.logIn(request);
    if (answering instanceof Promise)
      this.#awaited.expectFirst(answering, { demand: LOG_IN, form });
    else this.#answer(answering, form);
  }

  /** What the client is told of a failure; rethrows what is none. */
  #refusal(error: unknown, effect: Effect): Refusal {
    if (!isRequestFailure(error)) throw error;
    this.#door.log.requestFailed(error);
    return refusalOf(error, effect);
  }
}
