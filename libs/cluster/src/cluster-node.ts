import type { Cluster, NodeEvent } from "./cluster.ts";
import type { ClusterNews } from "./cluster-news.ts";
import { AcceptHandshake, type AcceptListener } from "./handshake/accept-handshake.ts";
import { encodePreamble } from "./handshake/handshake-message.ts";
import { refusalOf } from "./handshake/identity.ts";
import type { Call } from "./link/call.ts";
import type { Acceptor, Listening, Place, Stream } from "./network/network.ts";
import type { NodeName } from "./node-name.ts";
import { Peer } from "./peer/peer.ts";
import type { PeerTerms } from "./peer/peer-terms.ts";
import { nameOrPlace, type Refusal } from "./refusal.ts";

/** A node with its peers, and its doors once it has them. */
export class ClusterNode implements Cluster, Acceptor {
  readonly #terms: PeerTerms;
  readonly #news: ClusterNews;
  readonly #peers = new Map<NodeName, Peer>();
  /** Connections that have come in and are not proven yet. */
  readonly #strangers = new Set<AcceptHandshake>();
  /** Those that are, and wait to be accepted or turned away. */
  readonly #proven = new Set<AcceptHandshake>();
  #doors: readonly Listening[] = [];
  #isClosed = false;
  #closing: Promise<void> | undefined;

  constructor(terms: PeerTerms, news: ClusterNews) {
    this.#terms = terms;
    this.#news = news;
  }

  get self(): NodeName {
    return this.#terms.identity.self;
  }

  get places(): readonly Place[] {
    return this.#doors.map(({ place }) => place);
  }

  /** Connections come in by `door`; it is closed with the node. */
  addDoor(door: Listening): void {
    this.#doors = [...this.#doors, door];
  }

  nowMs(): number {
    return this.#terms.scheduler.now();
  }

  nodes(): readonly NodeName[] {
    return this.#peers
      .values()
      .filter(({ openLink }) => openLink !== undefined)
      .map(({ node }) => node)
      .toArray()
      .toSorted();
  }

  connect(node: NodeName): Promise<void> {
    return this.#peer(node).connect();
  }

  async disconnect(node: NodeName): Promise<void> {
    await this.#peers.get(node)?.disconnect();
  }

  async ping(node: NodeName): Promise<"pong" | "pang"> {
    const peer = this.#peer(node);
    // A ping asks whether there is an answer; why there is none is told where links are.
    await peer.connect().catch(() => undefined);
    const link = peer.openLink;
    if (link === undefined) return "pang";
    const { promise, resolve } = Promise.withResolvers<boolean>();
    link.probe(this.#terms.timing.silenceLimitMs, resolve);
    return (await promise) ? "pong" : "pang";
  }

  isCongested(node: NodeName): boolean {
    return this.#peers.get(node)?.outbox?.isCongested ?? false;
  }

  onRelief(node: NodeName, listener: () => void): void {
    const outbox = this.#peers.get(node)?.outbox;
    if (outbox === undefined) this.#terms.scheduler.endOfTurn(listener);
    else outbox.onRelief(listener);
  }

  call(node: NodeName, call: Call): void {
    const peer = this.#peers.get(node) ?? this.#peer(node);
    peer.call(call);
  }

  watch(listener: (event: NodeEvent) => void): () => void {
    return this.#news.watch(listener);
  }

  accepted(stream: Stream): void {
    const { limits, identity } = this.#terms;
    if (this.#isClosed || this.#strangers.size >= limits.strangerLimit) {
      stream.destroy();
      if (!this.#isClosed) {
        this.#news.turnedAway(`${limits.strangerLimit} others have not proven who they are yet`);
      }
      return;
    }
    this.#strangers.add(new AcceptHandshake(identity, stream, this.#handshakes));
  }

  distrusted(stream: Stream, fault: string): void {
    const { identity } = this.#terms;
    stream.write(Buffer.concat([encodePreamble(), refusalOf(identity, "certificate")]));
    stream.end();
    this.#refused({ type: "certificate", fault }, undefined, stream);
  }

  failed(reason: string, peer?: string): void {
    this.#news.acceptFailed(reason, peer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  readonly #handshakes: AcceptListener = {
    onProven: (handshake) => {
      this.#strangers.delete(handshake);
      this.#proven.add(handshake);
      this.#peer(handshake.name).admit(handshake);
    },
    onRefused: (refusal, name, stream) => this.#refused(refusal, name, stream),
    onOver: (handshake) => {
      this.#strangers.delete(handshake);
      this.#proven.delete(handshake);
    },
  };

  #refused(refusal: Refusal, name: NodeName | undefined, { peer }: Stream): void {
    // Each connection of a host comes from another port.
    this.#news.refused(nameOrPlace(name, peer), refusal, name ?? peer.replace(/:\d+$/u, ""));
  }

  #peer(node: NodeName): Peer {
    let peer = this.#peers.get(node);
    if (peer === undefined) {
      peer = new Peer(node, this.#terms);
      this.#peers.set(node, peer);
      if (this.#isClosed) void peer.close();
    }
    return peer;
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    for (const handshake of [...this.#strangers, ...this.#proven]) handshake.abandon();
    const peers = this.#peers.values().map((peer) => peer.close());
    await Promise.all([...this.#doors.map((door) => door[Symbol.asyncDispose]()), ...peers]);
  }
}
