import type { DialledListener, Network, Place, Stream, StreamEnd } from "../network/network.ts";
import { placeText } from "../network/network.ts";
import type { NodeName } from "../node-name.ts";
import type { Refusal } from "../refusal.ts";
import {
  decodeHello,
  decodeRefusal,
  encodeHello,
  encodeMessage,
  encodePreamble,
  type Hello,
  messageType,
  protocolVersion,
  type RefusalCode,
  type RefusalMessage,
} from "./handshake-message.ts";
import { helloOf, type Identity, instanceText, refusalOf } from "./identity.ts";
import { MessageReader, type Said } from "./message-reader.ts";
import { isProven, prove } from "./proof.ts";

/** Why a node was not reached. */
export type DialFailure =
  | { readonly type: "unreachable"; readonly reason: string; readonly isAbsent: boolean }
  | { readonly type: "refused"; readonly refusal: Refusal }
  /** The nodes have, or are about to have, a link by another connection. */
  | { readonly type: "linked-otherwise" };

/** A stream whose other end is proven. */
export interface ProvenStream {
  readonly stream: Stream;
  readonly instance: string;
  /** What has come in behind the handshake; to be used in this turn. */
  readonly rest: Uint8Array;
}

/** Whoever dials. One of these is called, once, unless the dial is abandoned. */
export interface DialListener {
  readonly onLinked: (proven: ProvenStream) => void;
  readonly onFailed: (failure: DialFailure) => void;
}

/** Whom to dial, and where. */
export interface DialPlan {
  readonly node: NodeName;
  readonly place: Place;
  readonly network: Network;
}

/** The end of a handshake that has dialled. Takes at most the identity's `timeoutMs`, connecting included. */
export class DialHandshake implements DialledListener {
  readonly #identity: Identity;
  readonly #plan: DialPlan;
  readonly #listener: DialListener;
  readonly #stream: Stream;
  readonly #reader = new MessageReader();
  readonly #hello: Hello;
  readonly #cancelTimeout: () => void;
  /** What the other end has said of itself. */
  #theirs: Hello | undefined;
  #isOver = false;

  constructor(identity: Identity, plan: DialPlan, listener: DialListener) {
    this.#identity = identity;
    this.#plan = plan;
    this.#listener = listener;
    const { scheduler, timeoutMs } = identity;
    this.#cancelTimeout = scheduler.after(timeoutMs, () => this.#timeOut());
    this.#hello = helloOf(identity, "dialler", plan.node);
    this.#stream = plan.network.dial(plan.place, this);
    const hello = encodeMessage(messageType.hello, encodeHello(this.#hello));
    this.#stream.write(Buffer.concat([encodePreamble(), hello]));
  }

  /** Whether the node has answered: then the way to it is open, in both directions, and the end of it is in sight. */
  get isHeard(): boolean {
    return this.#theirs !== undefined;
  }

  /** Gives it up; nobody is told. */
  abandon(): void {
    if (this.#isOver) return;
    this.#end();
    this.#stream.destroy();
  }

  received(bytes: Uint8Array): void {
    if (this.#isOver) return;
    let next = 0;
    while (!this.#isOver) {
      const { said, at } = this.#reader.read(bytes, next);
      if (said === undefined) return;
      next = at;
      this.#hear(said, bytes.subarray(next));
    }
  }

  drained(): void {}

  distrusted(fault: string): void {
    if (!this.#isOver) this.#refused({ type: "certificate", fault }, "certificate");
  }

  closed({ reason, isAbsent }: StreamEnd): void {
    if (!this.#isOver) this.#fail({ type: "unreachable", reason, isAbsent });
  }

  #hear(said: Said, rest: Uint8Array): void {
    if (said.type === "nonsense") return this.#refused({ type: "no-node" });
    if (said.type === "tls") return this.#refused({ type: "tls" });
    if (said.type === "preamble") {
      const { version: theirs } = said;
      if (theirs === protocolVersion) return;
      return this.#refused({ type: "version", theirs, ours: protocolVersion });
    }
    if (said.kind === messageType.refusal) return this.#hearRefusal(decodeRefusal(said.body));
    if (said.kind === messageType.hello && this.#theirs === undefined) {
      return this.#hearHello(decodeHello(said.body));
    }
    if (said.kind === messageType.proof && this.#theirs !== undefined) {
      return this.#hearProof(said.body, this.#theirs, rest);
    }
    this.#refused({ type: "no-node" });
  }

  #hearHello(hello: Hello | undefined): void {
    const { kind: ours, cookie } = this.#identity;
    const { node } = this.#plan;
    if (hello?.role !== "acceptor") return this.#refused({ type: "no-node" });
    if (hello.kind !== ours) {
      return this.#refused({ type: "name-kind", theirs: hello.kind, ours }, "name-kind");
    }
    if (hello.name !== node) {
      return this.#refused({ type: "other-node", meant: node, found: hello.name }, "other-node");
    }
    this.#theirs = hello;
    const proof = prove(cookie, "dialler", { dialler: this.#hello, acceptor: hello });
    this.#stream.write(encodeMessage(messageType.proof, proof));
  }

  #hearProof(proof: Uint8Array, theirs: Hello, rest: Uint8Array): void {
    const { cookie } = this.#identity;
    const expected = prove(cookie, "acceptor", { dialler: this.#hello, acceptor: theirs });
    if (!isProven(proof, expected)) return this.#refused({ type: "cookie" });
    this.#end();
    const instance = instanceText(theirs.instance);
    this.#listener.onLinked({ stream: this.#stream, instance, rest });
  }

  #hearRefusal(message: RefusalMessage | undefined): void {
    const { kind: ours, self } = this.#identity;
    const { node: meant } = this.#plan;
    if (message === undefined) return this.#refused({ type: "no-node" });
    switch (message.code) {
      case "cookie":
        return this.#refused({ type: "cookie" });
      case "name-kind":
        return this.#refused({ type: "name-kind", theirs: message.kind, ours });
      case "duplicate":
        return this.#refused({ type: "duplicate", name: self });
      case "other-node":
        return this.#refused({ type: "other-node", meant, found: message.name });
      case "certificate":
        return this.#refused({ type: "distrusted" });
      case "linked":
      case "crossed":
        return this.#close({ type: "linked-otherwise" });
      case "busy":
        return this.#close(unreachable("another process of this name is just being judged there"));
      case "leaving":
        return this.#close({ ...unreachable("it is leaving"), isAbsent: true });
    }
  }

  /** Ends it for good reason; with `code` the other end is told. */
  #refused(refusal: Refusal, code?: RefusalCode): void {
    if (code !== undefined) this.#stream.write(refusalOf(this.#identity, code));
    this.#close({ type: "refused", refusal });
  }

  #timeOut(): void {
    const { timeoutMs } = this.#identity;
    this.#end();
    this.#stream.destroy();
    const place = placeText(this.#plan.place);
    this.#listener.onFailed(unreachable(`no answer from ${place} in ${timeoutMs} ms`));
  }

  #close(failure: DialFailure): void {
    this.#stream.end();
    this.#fail(failure);
  }

  #fail(failure: DialFailure): void {
    this.#end();
    this.#listener.onFailed(failure);
  }

  #end(): void {
    this.#isOver = true;
    this.#cancelTimeout();
  }
}

function unreachable(reason: string): DialFailure & { readonly type: "unreachable" } {
  return { type: "unreachable", reason, isAbsent: false };
}
