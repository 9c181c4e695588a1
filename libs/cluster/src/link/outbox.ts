import { ClusterError } from "../errors.ts";
import { FrameBuffer } from "../frame/frame-buffer.ts";
import {
  callHeaderBytes,
  frameKind,
  headerBytes,
  kindOffset,
  writeHeader,
  writeRemaining,
} from "../frame/frame-format.ts";
import type { Limits } from "../limits.ts";
import type { Stream } from "../network/network.ts";
import type { Scheduler } from "../network/scheduler.ts";
import type { NodeName } from "../node-name.ts";
import { Alarm } from "./alarm.ts";
import type { Call } from "./call.ts";
import { Gathering } from "./gathering.ts";
import type { LateFailures } from "./late-failures.ts";
import { OutboxEnd, type OutboxEndReason } from "./outbox-end.ts";
import { PendingCalls } from "./pending-calls.ts";

/** A turn of so many milliseconds makes a difference to deadlines. */
const longTurnMs = 20;

/** What an outbox shares with the others of its node. */
export interface OutboxTerms {
  readonly scheduler: Scheduler;
  readonly limits: Limits;
  readonly lateFailures: LateFailures;
}

/**
 * All that goes to one node by one link: the frames that wait to go out, and the calls that wait for their answers.
 *
 * It is there before the link is, so that calls can wait for it. Frames that gather in a turn of the event loop, or in a few (`Gathering`), go out
 * in one write at its end. While the stream is behind, they stay here, and are surely not sent: a call that fails is made void where it lies.
 */
export class Outbox {
  readonly #node: NodeName;
  readonly #terms: OutboxTerms;
  readonly #frames = new FrameBuffer();
  readonly #pending = new PendingCalls();
  readonly #gathering = new Gathering();
  #stream: Stream | undefined;
  /** The bytes that the stream has not given to the system. */
  #behindBytes = 0;
  #gatheredAnswerBytes = 0;
  #behindAnswerBytes = 0;
  /** How many bytes were handed to the stream, all in all. */
  #handedBytes = 0;
  #isTurnOpen = false;
  #turnMs = 0;
  #isOver = false;
  #lastSentMs = 0;
  readonly #alarm: Alarm;
  #reliefListeners: (() => void)[] = [];
  #onFlushed: () => void = () => {};

  constructor(node: NodeName, terms: OutboxTerms) {
    this.#node = node;
    this.#terms = terms;
    this.#alarm = new Alarm(terms.scheduler, () => this.#giveUpOverdue());
  }

  /** How many bytes of answers have not left this process. */
  get waitingAnswerBytes(): number {
    return this.#gatheredAnswerBytes + this.#behindAnswerBytes;
  }

  /** How many bytes have not left this process. */
  get waitingBytes(): number {
    return this.#frames.length + this.#behindBytes;
  }

  /** Whether more should not be called for now; see {@link Outbox.onRelief}. */
  get isCongested(): boolean {
    return this.waitingBytes > this.#terms.limits.queueLimitBytes;
  }

  /** How many calls wait, those given up included. */
  get pendingCalls(): number {
    return this.#pending.size;
  }

  /** When something was last handed to the stream. */
  get lastSentMs(): number {
    return this.#lastSentMs;
  }

  /** Whether all frames are with the system. */
  get isEmpty(): boolean {
    return this.waitingBytes === 0;
  }

  /** Calls back once when it is not congested any more, or over; never before this returns. */
  onRelief(listener: () => void): void {
    if (this.isCongested && !this.#isOver) this.#reliefListeners.push(listener);
    else this.#terms.scheduler.endOfTurn(listener);
  }

  /**
   * From now on frames go out by `stream`, those that have gathered at the end of this turn. `onFlushed` is called whenever
   * the system has taken what was written.
   */
  attach(stream: Stream, onFlushed: () => void): void {
    this.#stream = stream;
    this.#onFlushed = onFlushed;
    this.#lastSentMs = this.#terms.scheduler.now();
    this.#refreshRemaining();
    if (!this.#isTurnOpen) this.#openTurn();
  }

  /** Writes a call. What fails is told later. */
  call(call: Call): void {
    const { limits, lateFailures } = this.#terms;
    const { byteLength, deadlineMs } = call;
    const nowMs = this.#isTurnOpen ? this.#turnMs : this.#openTurn();
    if (deadlineMs <= nowMs || byteLength > limits.payloadLimitBytes || this.#isFull()) {
      lateFailures.add(call, this.#whyNot(call));
      return;
    }
    const frames = this.#frames;
    const length = callHeaderBytes + byteLength;
    const at = frames.reserve(length);
    // Before anything is counted: a call that throws here was never there.
    call.write(frames.bytes, at + callHeaderBytes);
    const id = this.#pending.add(call, this.#handedBytes + at, nowMs);
    writeHeader(frames.bytes, at, length, frameKind.call, id);
    writeRemaining(frames.bytes, at, deadlineMs - nowMs);
    frames.length = at + length;
    this.#gathering.add();
    this.#alarm.setTo(deadlineMs, nowMs);
  }

  /** Writes an answer. Throws a `RangeError` when it is longer than a frame may be: the node at the other end would not take it. */
  answer(id: number, byteLength: number, write: (target: Uint8Array, at: number) => void): void {
    const { payloadLimitBytes } = this.#terms.limits;
    if (byteLength > payloadLimitBytes) {
      throw new RangeError(`Cannot answer with ${byteLength} bytes: ${payloadLimitBytes} at most`);
    }
    if (!this.#isTurnOpen) this.#openTurn();
    const frames = this.#frames;
    const length = headerBytes + byteLength;
    const at = frames.reserve(length);
    write(frames.bytes, at + headerBytes);
    writeHeader(frames.bytes, at, length, frameKind.answer, id);
    frames.length = at + length;
    this.#gatheredAnswerBytes += length;
  }

  /** Writes a frame that is nothing but its header. */
  signal(kind: number, id: number): void {
    if (!this.#isTurnOpen) this.#openTurn();
    const at = this.#frames.reserve(headerBytes);
    writeHeader(this.#frames.bytes, at, headerBytes, kind, id);
    this.#frames.length = at + headerBytes;
  }

  /** Gives the call of that number its answer. False when there is no such call. */
  // oxlint-disable-next-line max-params -- once for each answer: an object would be made for each
  settle(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const call = this.#pending.settle(id);
    if (call === undefined) return false;
    if (call !== "late") call.answered(bytes, start, end);
    return true;
  }

  /** The stream has given everything to the system. */
  drained(): void {
    this.#behindBytes = 0;
    this.#behindAnswerBytes = 0;
    if (this.#isOver) return;
    this.#refreshRemaining();
    this.#flush(this.#terms.scheduler.now());
    this.#onFlushed();
    this.#relieve();
  }

  /** It is over: all calls fail, in the order in which they were made. Nothing is written any more. */
  end(reason: OutboxEndReason): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream = undefined;
    this.#alarm.off();
    const ending = new OutboxEnd(this.#node, reason);
    const calls = this.#pending.takeAll();
    this.#frames.clear();
    this.#behindBytes = 0;
    for (const pending of calls) {
      pending.call.failed(ending.failureOf(pending, pending.position < this.#handedBytes));
    }
    this.#relieve();
  }

  /** Called at the end of a turn, in which frames have been written. */
  readonly #endTurn = (): void => {
    const goesOn = this.#gathering.goesOn(this.pendingCalls, this.#frames.length);
    if (goesOn) return this.#terms.scheduler.endOfTurn(this.#endTurn);
    this.#isTurnOpen = false;
    const nowMs = this.#terms.scheduler.now();
    if (nowMs - this.#turnMs > longTurnMs) this.#catchUp(nowMs);
    if (this.#behindBytes === 0) this.#flush(nowMs);
  };

  /** The process has stood still in the midst of a turn: what was called after that went by the time from before. */
  #catchUp(nowMs: number): void {
    this.#alarm.off();
    this.#alarm.setTo(this.#pending.earliestDeadlineMs(), nowMs);
    this.#refreshRemaining();
  }

  #openTurn(): number {
    const { scheduler } = this.#terms;
    this.#isTurnOpen = true;
    this.#turnMs = scheduler.now();
    scheduler.endOfTurn(this.#endTurn);
    return this.#turnMs;
  }

  #flush(nowMs: number): void {
    const stream = this.#stream;
    const frames = this.#frames;
    const { length } = frames;
    if (stream === undefined || length === 0) return;
    // First: from here on these frames may have been sent, whatever happens.
    this.#handedBytes += length;
    this.#lastSentMs = nowMs;
    const answerBytes = this.#gatheredAnswerBytes;
    this.#gatheredAnswerBytes = 0;
    if (stream.write(frames.view())) {
      frames.clear();
      this.#onFlushed();
      this.#relieve();
    } else {
      this.#behindBytes = length;
      this.#behindAnswerBytes = answerBytes;
      frames.giveAway();
    }
  }

  #isFull(): boolean {
    const { overflowBytes, callLimit } = this.#terms.limits;
    return this.#isOver || this.waitingBytes > overflowBytes || this.#pending.size >= callLimit;
  }

  #whyNot(call: Call): ClusterError {
    const node = this.#node;
    const { payloadLimitBytes: limitBytes } = this.#terms.limits;
    if (call.deadlineMs <= this.#turnMs) {
      const details = { node, afterMs: 0, mayHaveBeenApplied: false };
      return new ClusterError("CLUSTER_NOT_ANSWERED", details);
    }
    if (call.byteLength > limitBytes)
      return new ClusterError("CLUSTER_TOO_LARGE", { node, limitBytes });
    if (!this.#isOver) return new ClusterError("CLUSTER_CONGESTED", { node });
    return new ClusterError("CLUSTER_NO_CONNECTION", { node, reason: undefined });
  }

  /** What was written long ago, and goes out only now, has less time than it says. */
  #refreshRemaining(): void {
    if (this.#frames.length === 0) return;
    const nowMs = this.#terms.scheduler.now();
    for (const { call, position } of this.#pending.waiting()) {
      const at = position - this.#handedBytes;
      if (at >= 0) writeRemaining(this.#frames.bytes, at, call.deadlineMs - nowMs);
    }
  }

  #giveUpOverdue(): void {
    const nowMs = this.#terms.scheduler.now();
    const handed = this.#handedBytes;
    const overdue = this.#pending.takeOverdue(nowMs, (position) => position >= handed);
    const nextMs = this.#pending.earliestDeadlineMs();
    this.#alarm.setTo(nextMs, nowMs);
    for (const { position } of overdue) {
      const at = position - handed;
      if (at >= 0) this.#frames.bytes[at + kindOffset] = frameKind.void;
    }
    for (const { call, position, startedMs } of overdue) {
      if (this.#stream === undefined) {
        // It has waited for a link, and there is none.
        const nobody = { node: this.#node, reason: undefined };
        call.failed(new ClusterError("CLUSTER_NO_CONNECTION", nobody));
        continue;
      }
      const afterMs = Math.round(call.deadlineMs - startedMs);
      const mayHaveBeenApplied = call.isWrite && position < handed;
      const details = { node: this.#node, afterMs, mayHaveBeenApplied };
      call.failed(new ClusterError("CLUSTER_NOT_ANSWERED", details));
    }
  }

  #relieve(): void {
    if (this.#reliefListeners.length === 0 || (this.isCongested && !this.#isOver)) return;
    const listeners = this.#reliefListeners;
    this.#reliefListeners = [];
    for (const listener of listeners) listener();
  }
}
