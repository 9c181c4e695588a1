import { ClusterError } from "../errors.ts";
import type { AcceptHandshake } from "../handshake/accept-handshake.ts";
import { type DialFailure, DialHandshake } from "../handshake/dial-handshake.ts";
import type { Call } from "../link/call.ts";
import { type DownReason, downText } from "../link/down-reason.ts";
import { Link } from "../link/link.ts";
import { Outbox } from "../link/outbox.ts";
import type { Place, Stream } from "../network/network.ts";
import { nameKindOf, type NodeName } from "../node-name.ts";
import type { Refusal } from "../refusal.ts";
import type { PeerTerms } from "./peer-terms.ts";
import { Redial } from "./redial.ts";

/** Why calls to a node fail at once. */
interface Failure {
  readonly error: ClusterError;
  /** Whether it costs next to nothing to find out whether it still holds: a call may try, and wait for that. */
  readonly isAbsent: boolean;
}

/**
 * Another node as this one sees it: the link to it if there is one, else how to come by one. There is one link at most.
 *
 * The first call to a node dials it and waits. A node that could not be reached, or was lost, is known to be dead: calls fail
 * at once while it is dialled again in the background, after growing pauses, for as long as somebody asks for it.
 *
 * When two nodes dial each other at once, the one with the smaller name decides, alone: it takes the other's connection
 * unless its own has been answered already, and then goes on with that. The other one takes whatever it is offered.
 */
export class Peer {
  readonly node: NodeName;
  /** Where it is, or why that is not known. */
  readonly place: Place | string;
  readonly #terms: PeerTerms;
  #link: Link | undefined;
  #dial: DialHandshake | undefined;
  /** Where calls gather that wait for a link. */
  #waiting: Outbox | undefined;
  #failure: Failure | undefined;
  readonly #redial: Redial;
  #lastDialMs = -Infinity;
  #cancelGrace: () => void = () => {};
  /** Another process of this name that has proven itself, while it is found out whether the one that is linked lives. */
  #candidate: AcceptHandshake | undefined;
  #connecting: PromiseWithResolvers<void>[] = [];
  /** Since when it is waited for the connection that the other node prefers. */
  #crossedMs: number | undefined;
  #isClosed = false;
  /** Why it will never be dialled. */
  readonly #impossible: ClusterError | undefined;
  readonly #leavingError: ClusterError;

  constructor(node: NodeName, terms: PeerTerms) {
    this.node = node;
    this.#terms = terms;
    this.#leavingError = this.#noConnection("the link is being ended");
    this.place = terms.placeOf(node);
    const dial = (): void => this.#startDial();
    // Then it is unknown again whether the node is there.
    this.#redial = new Redial(terms, dial, () => (this.#failure = undefined));
    this.#impossible = this.#impossibleReason();
  }

  /** The link, while it takes calls. */
  get openLink(): Link | undefined {
    return this.#link?.isOpen === true ? this.#link : undefined;
  }

  /** Where calls go now; `undefined` where they would fail or dial. */
  get outbox(): Outbox | undefined {
    return this.openLink?.outbox ?? this.#waiting;
  }

  /** Sends a request, now or when there is a link, or has it fail, later. */
  call(call: Call): void {
    const link = this.#link;
    if (link !== undefined && link.isOpen) link.call(call);
    else this.#callWithoutLink(call);
  }

  /** Resolves when there is a link; rejects with a `ClusterError` that says why there is none. */
  async connect(): Promise<void> {
    if (this.openLink !== undefined) return;
    await this.#link?.whenOver;
    if (this.#isClosed) throw this.#leavingError;
    if (this.#impossible !== undefined) throw this.#impossible;
    this.#redial.wanted();
    const connecting = Promise.withResolvers<void>();
    this.#connecting.push(connecting);
    if (this.#dial === undefined) this.#startDial();
    await connecting.promise;
  }

  /** Ends the link, what is under way first, and dials no more until somebody asks again. */
  async disconnect(): Promise<void> {
    this.#forgetFailures();
    this.#dial?.abandon();
    this.#dial = undefined;
    const cause = this.#noConnection("disconnected");
    this.#giveUp(this.#plain(cause), cause);
    await this.#link?.leave();
  }

  /** Like {@link Peer.disconnect}; from now on nobody is dialled, and nobody let in. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#candidate?.refuse("leaving");
    await this.disconnect();
  }

  /** Another process has proven to be this node: it becomes the link, or is turned away. */
  admit(incoming: AcceptHandshake): void {
    if (this.#isClosed) return incoming.refuse("leaving");
    if (this.#link !== undefined) return this.#challenge(this.#link, incoming);
    const { self } = this.#terms.identity;
    if (this.#dial?.isHeard === true && self < this.node) return incoming.refuse("crossed");
    this.#dial?.abandon();
    this.#dial = undefined;
    const { instance } = incoming;
    this.#linked(incoming.accept(), instance);
  }

  /** Somebody comes by this name while there is a link: it is asked whether it lives. What lies unread on it is served before, or never. */
  #challenge(link: Link, incoming: AcceptHandshake): void {
    if (this.#candidate?.isOver === false) return incoming.refuse("busy");
    this.#candidate = incoming;
    link.probe(this.#terms.timing.probeTimeoutMs, (isAlive) => {
      this.#candidate = undefined;
      if (!isAlive) link.end("replaced");
      if (incoming.isOver) return;
      if (!isAlive) this.admit(incoming);
      else if (incoming.instance === link.instance) incoming.refuse("linked");
      else incoming.refuseDuplicate();
    });
  }

  #callWithoutLink(call: Call): void {
    const { lateFailures } = this.#terms;
    const isLeaving = this.#isClosed || this.#link !== undefined;
    const error = isLeaving ? this.#plain(this.#leavingError) : this.#impossible;
    if (error !== undefined) return lateFailures.add(call, error);
    const nowMs = this.#terms.scheduler.now();
    this.#redial.wanted();
    if (this.#waiting === undefined && this.#failure !== undefined) {
      if (!this.#failure.isAbsent) {
        if (this.#dial === undefined && !this.#redial.isDue) this.#redial.later();
        return lateFailures.add(call, this.#failure.error);
      }
      this.#beginGrace(this.#failure.error);
    }
    this.#waiting ??= new Outbox(this.node, this.#terms);
    this.#waiting.call(call);
    if (this.#dial === undefined && this.#crossedMs === undefined) this.#dialSoon(nowMs);
  }

  /** A node that is back is found by the next call, whenever that comes: it waits until the node may be dialled once more. */
  #dialSoon(nowMs: number): void {
    const pauseMs = this.#lastDialMs + this.#redial.absentPauseMs - nowMs;
    if (this.#failure === undefined || pauseMs <= 0) this.#startDial();
    else this.#redial.within(pauseMs);
  }

  #beginGrace(error: ClusterError): void {
    const { scheduler, timing } = this.#terms;
    this.#cancelGrace = scheduler.after(timing.graceMs, () => {
      // Whoever was absent is something else by now: no more calls wait for this dial.
      this.#failure = { error, isAbsent: false };
      this.#giveUp(error);
    });
  }

  #startDial(): void {
    const { identity, network, scheduler } = this.#terms;
    const { node, place } = this;
    this.#redial.cancel();
    if (typeof place === "string") return;
    this.#lastDialMs = scheduler.now();
    this.#dial = new DialHandshake(
      identity,
      { node, place, network },
      {
        onLinked: ({ stream, instance, rest }) => {
          this.#dial = undefined;
          this.#linked(stream, instance).received(rest);
        },
        onFailed: (failure) => this.#dialFailed(failure),
      },
    );
  }

  #dialFailed(failure: DialFailure): void {
    const { scheduler, identity, news } = this.#terms;
    const { node } = this;
    this.#dial = undefined;
    if (failure.type === "linked-otherwise") {
      const nowMs = scheduler.now();
      this.#crossedMs ??= nowMs;
      if (nowMs - this.#crossedMs < identity.timeoutMs) return this.#redial.later();
      const reason = "the connection that it has preferred has not come about";
      return this.#dialFailed({ type: "unreachable", reason, isAbsent: false });
    }
    this.#redial.failed();
    this.#crossedMs = undefined;
    if (failure.type === "refused") {
      const { refusal } = failure;
      news.refused(node, refusal);
      this.#fail(new ClusterError("CLUSTER_REFUSED", { node, refusal }));
    } else {
      const { reason, isAbsent } = failure;
      news.unreachable(node, reason);
      this.#fail(this.#noConnection(reason), isAbsent);
    }
    this.#redial.later();
  }

  /** From now on the node is known not to be there: `cause` says why. */
  #fail(cause: ClusterError, isAbsent = false): void {
    const error = cause.code === "CLUSTER_REFUSED" ? cause : this.#plain(cause);
    this.#failure = { error, isAbsent };
    this.#giveUp(error, cause);
  }

  /** All that waits for a link fails: calls with `error`, whoever wants to connect with `cause`. */
  #giveUp(error: ClusterError, cause?: ClusterError): void {
    this.#cancelGrace();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (cause !== undefined) {
      const connecting = this.#connecting;
      this.#connecting = [];
      for (const { reject } of connecting) reject(cause);
    }
    waiting?.end({ type: "never-linked", error });
  }

  #linked(stream: Stream, instance: string): Link {
    const outbox = this.#waiting ?? new Outbox(this.node, this.#terms);
    this.#forgetFailures();
    this.#cancelGrace();
    this.#waiting = undefined;
    const onDown = (ended: Link, reason: DownReason): void => this.#down(ended, reason);
    const link = new Link({ node: this.node, instance, onDown }, { stream, outbox }, this.#terms);
    this.#link = link;
    this.#terms.news.up(link);
    const connecting = this.#connecting;
    this.#connecting = [];
    for (const { resolve } of connecting) resolve();
    return link;
  }

  #down(link: Link, reason: DownReason): void {
    if (this.#link !== link) throw new Error("a peer has one link");
    const { news } = this.#terms;
    this.#link = undefined;
    if (reason !== "disconnected") {
      this.#redial.wanted();
      // A process that has fallen silent still lets connections in, and says nothing there either.
      this.#fail(this.#noConnection(downText(reason)), reason !== "silent");
      // Whoever has left comes back by itself, or when it is asked for.
      if (reason !== "left") this.#redial.later();
    }
    news.down(this.node, reason);
  }

  #forgetFailures(): void {
    this.#redial.reset();
    this.#failure = undefined;
    this.#crossedMs = undefined;
  }

  #impossibleReason(): ClusterError | undefined {
    const { self, kind: ours } = this.#terms.identity;
    const theirs = nameKindOf(this.node);
    if (theirs !== ours) {
      const refusal: Refusal = { type: "name-kind", theirs, ours };
      return new ClusterError("CLUSTER_REFUSED", { node: this.node, refusal });
    }
    if (this.node === self) return this.#noConnection("it is this node");
    return typeof this.place === "string" ? this.#noConnection(this.place) : undefined;
  }

  /** What calls are told where `cause` is the reason: clients read it. */
  #plain(cause: ClusterError): ClusterError {
    const details = { node: this.node, reason: undefined };
    return new ClusterError("CLUSTER_NO_CONNECTION", details, { cause });
  }

  #noConnection(reason: string): ClusterError {
    return new ClusterError("CLUSTER_NO_CONNECTION", { node: this.node, reason });
  }
}
