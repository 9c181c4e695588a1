import type { Stream, StreamListener } from "../network/network.ts";
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
} from "./handshake-message.ts";
import { helloOf, type Identity, instanceText, refusalOf } from "./identity.ts";
import { MessageReader, type Said } from "./message-reader.ts";
import { type Exchange, isProven, prove } from "./proof.ts";

/** Whoever accepts connections. */
export interface AcceptListener {
  /** The other end knows the cookie; it waits for `accept` or `refuse`. */
  readonly onProven: (handshake: AcceptHandshake) => void;
  /** The nodes do not link. `name`: as it was said, which need not be true; `undefined` when it was not said. */
  readonly onRefused: (refusal: Refusal, name: NodeName | undefined, stream: Stream) => void;
  /** It is over, however it went; comes once. */
  readonly onOver: (handshake: AcceptHandshake) => void;
}

/**
 * The end of a handshake that was dialled. It says nothing before the other end has begun as a node does, and proves nothing
 * before the other end has. Takes at most the identity's `timeoutMs`.
 */
export class AcceptHandshake implements StreamListener {
  readonly #identity: Identity;
  readonly #stream: Stream;
  readonly #listener: AcceptListener;
  readonly #reader = new MessageReader();
  readonly #cancelTimeout: () => void;
  #exchange: Exchange | undefined;
  #isProven = false;
  #isOver = false;

  constructor(identity: Identity, stream: Stream, listener: AcceptListener) {
    this.#identity = identity;
    this.#stream = stream;
    this.#listener = listener;
    stream.listener = this;
    const { scheduler, timeoutMs } = identity;
    this.#cancelTimeout = scheduler.after(timeoutMs, () => this.abandon());
  }

  /** Whether nothing more will come of it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Who is at the other end; to be asked once it is proven. */
  get name(): NodeName {
    return this.#proven().dialler.name;
  }

  /** Which process is at the other end; to be asked once it is proven. */
  get instance(): string {
    return instanceText(this.#proven().dialler.instance);
  }

  /** Proves this end to the other one, and hands its stream over: from now on frames may be sent. */
  accept(): Stream {
    const proof = prove(this.#identity.cookie, "acceptor", this.#proven());
    this.#end();
    this.#stream.write(encodeMessage(messageType.proof, proof));
    return this.#stream;
  }

  /** Turns the other end away; that it was is nothing to report. */
  refuse(code: RefusalCode): void {
    if (this.#isOver) return;
    this.#stream.write(refusalOf(this.#identity, code));
    this.#stream.end();
    this.#end();
  }

  /** Turns the other end away, as there is another node of its name. */
  refuseDuplicate(): void {
    const { name } = this;
    this.#refused({ type: "duplicate", name }, "duplicate");
  }

  /** Ends it at once. */
  abandon(): void {
    if (this.#isOver) return;
    this.#stream.destroy();
    this.#end();
  }

  received(bytes: Uint8Array): void {
    if (this.#isOver) return;
    let next = 0;
    while (!this.#isOver && !this.#isProven) {
      const { said, at } = this.#reader.read(bytes, next);
      if (said === undefined) return;
      next = at;
      if (this.#isProof(said) && next < bytes.length) break;
      this.#hear(said);
    }
    // Whoever has proven itself has nothing to say before it is accepted.
    if (!this.#isOver && next < bytes.length) this.#refused({ type: "no-node" });
  }

  drained(): void {}

  closed(): void {
    if (!this.#isOver) this.#end();
  }

  #hear(said: Said): void {
    if (said.type === "nonsense") return this.#refused({ type: "no-node" });
    if (said.type === "tls") {
      // No TLS begins like this, so that the other end knows as well.
      this.#stream.write(encodePreamble());
      return this.#refused({ type: "tls" });
    }
    if (said.type === "preamble") {
      this.#stream.write(encodePreamble());
      const { version: theirs } = said;
      if (theirs === protocolVersion) return;
      return this.#refused({ type: "version", theirs, ours: protocolVersion });
    }
    const { kind, body } = said;
    if (kind === messageType.refusal) return this.#hearRefusal(body);
    if (kind === messageType.hello && this.#exchange === undefined) {
      return this.#hearHello(decodeHello(body));
    }
    if (kind === messageType.proof && this.#exchange !== undefined) {
      return this.#hearProof(body, this.#exchange);
    }
    this.#refused({ type: "no-node" });
  }

  #hearHello(dialler: Hello | undefined): void {
    const { kind: ours, self } = this.#identity;
    if (dialler?.role !== "dialler") return this.#refused({ type: "no-node" });
    const acceptor = helloOf(this.#identity, "acceptor", dialler.name);
    const exchange = { dialler, acceptor };
    this.#exchange = exchange;
    if (dialler.kind !== ours) {
      return this.#refused({ type: "name-kind", theirs: dialler.kind, ours }, "name-kind");
    }
    if (dialler.meant !== self) {
      const refusal: Refusal = { type: "other-node", meant: dialler.meant, found: self };
      return this.#refused(refusal, "other-node");
    }
    this.#stream.write(encodeMessage(messageType.hello, encodeHello(acceptor)));
  }

  #hearProof(proof: Uint8Array, exchange: Exchange): void {
    const expected = prove(this.#identity.cookie, "dialler", exchange);
    if (!isProven(proof, expected)) return this.#refused({ type: "cookie" }, "cookie");
    this.#isProven = true;
    this.#listener.onProven(this);
  }

  /** The dialler has found something in our hello that it does not take. */
  #hearRefusal(body: Uint8Array): void {
    const message = decodeRefusal(body);
    const { kind: ours, self: found } = this.#identity;
    if (message?.code === "name-kind") {
      this.#refused({ type: "name-kind", theirs: message.kind, ours });
    } else if (message?.code === "other-node" && this.#exchange !== undefined) {
      this.#refused({ type: "other-node", meant: this.#exchange.dialler.meant, found });
    } else if (message?.code === "certificate") this.#refused({ type: "distrusted" });
    else this.#refused({ type: "no-node" });
  }

  #isProof(said: Said): boolean {
    return said.type === "message" && said.kind === messageType.proof;
  }

  #refused(refusal: Refusal, code?: RefusalCode): void {
    if (code !== undefined) this.#stream.write(refusalOf(this.#identity, code));
    this.#stream.end();
    this.#end();
    this.#listener.onRefused(refusal, this.#exchange?.dialler.name, this.#stream);
  }

  #proven(): Exchange {
    if (this.#exchange === undefined) throw new Error("nobody has said who is at the other end");
    return this.#exchange;
  }

  #end(): void {
    this.#isOver = true;
    this.#cancelTimeout();
    this.#listener.onOver(this);
  }
}
