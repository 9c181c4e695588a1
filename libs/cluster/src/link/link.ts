import { callHeaderBytes, frameKind, headerBytes, lengthBytes } from "../frame/frame-format.ts";
import { FrameReader } from "../frame/frame-reader.ts";
import { readU32 } from "../frame/little-endian.ts";
import type { Limits } from "../limits.ts";
import type { Stream, StreamListener } from "../network/network.ts";
import type { Scheduler } from "../network/scheduler.ts";
import type { NodeName } from "../node-name.ts";
import type { Timing } from "../timing.ts";
import type { Call } from "./call.ts";
import type { DownReason } from "./down-reason.ts";
import { type Beating, Heartbeat } from "./heartbeat.ts";
import type { Outbox } from "./outbox.ts";
import { type ProbeListener, Probes } from "./probes.ts";
import type { ForeseeCalls, ServedCall } from "./served-call.ts";
import { type ServedLink, Serving } from "./serving.ts";

/** What a link needs of its node. */
export interface LinkTerms {
  readonly scheduler: Scheduler;
  readonly timing: Timing;
  readonly limits: Limits;
  /** Takes each request of the other node, in the order in which they were sent. */
  readonly serve: (call: ServedCall) => void;
  readonly foresee?: ForeseeCalls | undefined;
}

/** A node that has proven who it is, and who wants to know how its link fares. */
export interface LinkPeer {
  readonly node: NodeName;
  /** Tells the processes apart that go by one name. */
  readonly instance: string;
  /** The link is over; comes once, before its calls fail. */
  readonly onDown: (link: Link, reason: DownReason) => void;
}

/**
 * A connection with another node that both have proven: up from its making until `onDown`.
 *
 * It sends something every `heartbeatMs`, if only a sign of life. When nothing was heard for `silenceLimitMs` it is over, and
 * what may still lie unread is dropped. That also holds for a process that was stopped and goes on: it judges the time
 * before it reads what has gathered, for the other end has given it up meanwhile.
 */
export class Link implements StreamListener, ServedLink, Beating {
  /** How it goes to the other end; nobody else's to use. */
  readonly stream: Stream;
  /** What goes out by it. */
  readonly outbox: Outbox;
  readonly #peer: LinkPeer;
  readonly #terms: LinkTerms;
  readonly #reader: FrameReader;
  readonly #probes: Probes;
  readonly #heartbeat: Heartbeat;
  readonly #serving: Serving;
  readonly #over = Promise.withResolvers<void>();
  #cancelFarewell: () => void = () => {};
  #isOver = false;
  #hasSaidBye = false;
  #hasHeardBye = false;
  /** Whether it is this end that wants to leave. */
  #isLeaver = false;

  /** Takes over `stream`, whose handshake is done, and `outbox` with the calls that have waited for it. */
  constructor(peer: LinkPeer, way: { stream: Stream; outbox: Outbox }, terms: LinkTerms) {
    this.#peer = peer;
    this.#terms = terms;
    this.stream = way.stream;
    this.outbox = way.outbox;
    this.#serving = new Serving(this, terms);
    this.#reader = new FrameReader(
      terms.limits.payloadLimitBytes + callHeaderBytes - lengthBytes,
      (bytes, start, end) => this.#take(bytes, start, end),
    );
    this.#probes = new Probes(terms.scheduler);
    this.stream.listener = this;
    this.outbox.attach(this.stream, () => this.#regulate());
    this.#heartbeat = new Heartbeat(terms.scheduler, terms.timing, this);
  }

  /** The node at the other end. */
  get node(): NodeName {
    return this.#peer.node;
  }

  /** The process at the other end. */
  get instance(): string {
    return this.#peer.instance;
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether it takes calls: not any more once either end wants to leave. */
  get isOpen(): boolean {
    return !this.#isOver && !this.#hasSaidBye;
  }

  /** Resolves when it has ended. */
  get whenOver(): Promise<void> {
    return this.#over.promise;
  }

  get lastSentMs(): number {
    return this.outbox.lastSentMs;
  }

  /** Sends a request. The link must be open. */
  call(call: Call): void {
    this.outbox.call(call);
  }

  /** Asks whether the other end is there; `listener` is told once, later, by the answer or after `timeoutMs`. */
  probe(timeoutMs: number, listener: ProbeListener): void {
    this.outbox.signal(frameKind.ping, this.#probes.begin(timeoutMs, listener));
  }

  /** Ends it in order: what is under way is answered first, in both directions, but for no longer than `farewellMs`. */
  leave(): Promise<void> {
    if (!this.#isOver && !this.#isLeaver) {
      this.#isLeaver = true;
      const { scheduler, timing } = this.#terms;
      this.#cancelFarewell = scheduler.after(timing.farewellMs, () => this.end("disconnected"));
      this.#sayBye();
    }
    return this.whenOver;
  }

  /** Ends it at once: what lies unread is dropped, and its calls fail. */
  end(reason: DownReason): void {
    if (this.#isOver) return;
    this.stream.destroy();
    this.#finish(reason);
  }

  received(bytes: Uint8Array): void {
    if (this.#isOver) return;
    if (!this.#heartbeat.heard()) this.end("silent");
    else this.#read(bytes);
  }

  #read(bytes: Uint8Array): void {
    const isSound = this.#reader.push(bytes);
    this.#serving.serveTaken();
    if (isSound) this.#regulate();
    else this.end("broken");
  }

  drained(): void {
    this.#serving.moved();
    // While nothing is read, whoever takes what is sent shows by that alone that it is there. At other times this shows nothing:
    // over TLS the system takes every write a little later, whoever is at the other end.
    if (this.#serving.isPaused) this.#heartbeat.heard();
    this.outbox.drained();
  }

  closed(): void {
    if (this.#isOver) return;
    this.#finish(this.#endReason());
  }

  // oxlint-disable-next-line max-params -- as many as an answer has, once for each: an object would be made for each
  answer(id: number, byteLength: number, write: (target: Uint8Array, at: number) => void): void {
    this.outbox.answer(id, byteLength, write);
    this.#serving.answered();
    this.#regulate();
  }

  beat(): void {
    // What waits already will be heard when it gets there.
    if (this.outbox.isEmpty) this.outbox.signal(frameKind.beat, 0);
  }

  silent(): void {
    this.end("silent");
  }

  look(): void {
    this.#serving.look();
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    const id = readU32(bytes, start + 1);
    if (bytes[start] === frameKind.call) this.#serve(id, bytes, start, end);
    else {
      this.#serving.serveTaken();
      this.#takeOther(id, bytes, start, end);
    }
  }

  // oxlint-disable-next-line max-params -- once for each answer: an object would be made for each
  #takeOther(id: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.#isOver) return;
    switch (bytes[start] ?? 0) {
      case frameKind.answer: {
        const payloadStart = start + headerBytes - lengthBytes;
        if (!this.outbox.settle(id, bytes, payloadStart, end)) this.end("broken");
        return;
      }
      case frameKind.ping:
        return this.outbox.signal(frameKind.pong, id);
      case frameKind.pong:
        return this.#probes.end(id, true);
      case frameKind.bye:
        this.#hasHeardBye = true;
        return this.#sayBye();
      case frameKind.beat:
      case frameKind.void:
        return;
      default:
        this.end("broken");
    }
  }

  // oxlint-disable-next-line max-params -- once for each call: an object would be made for each
  #serve(id: number, bytes: Uint8Array, start: number, end: number): void {
    const payloadStart = start + callHeaderBytes - lengthBytes;
    if (payloadStart > end) return this.end("broken");
    const remainingMs = readU32(bytes, start + headerBytes - lengthBytes);
    const payload = viewOf(bytes, payloadStart, end);
    this.#serving.take(id, payload, remainingMs);
  }

  #sayBye(): void {
    if (!this.#hasSaidBye) {
      this.#hasSaidBye = true;
      this.outbox.signal(frameKind.bye, 0);
    }
  }

  /** Called whenever something was read, answered, or has gone out. */
  #regulate(): void {
    this.#serving.regulate();
    if (!this.#hasSaidBye || !this.#hasHeardBye || this.#serving.owed > 0 || this.#isOver) return;
    const { isEmpty, pendingCalls } = this.outbox;
    if (isEmpty && pendingCalls === 0) {
      this.stream.end();
      this.#finish(this.#endReason());
    }
  }

  #endReason(): DownReason {
    if (this.#isLeaver) return "disconnected";
    return this.#hasHeardBye ? "left" : "lost";
  }

  #finish(reason: DownReason): void {
    this.#isOver = true;
    this.#reader.stop();
    this.#serving.stop();
    this.#heartbeat.stop();
    this.#cancelFarewell();
    this.#peer.onDown(this, reason);
    const { silentMs } = this.#heartbeat;
    this.outbox.end(reason === "silent" ? { type: "silent", silentMs } : { type: "lost" });
    this.#probes.endAll();
    this.#over.resolve();
  }
}

/** Not `subarray`, which asks a Buffer for its kind and takes twice the time. */
function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}
