import type { NodeEvent } from "./cluster.ts";
import { emit } from "./events.ts";
import { type DownReason, downText } from "./link/down-reason.ts";
import type { Link } from "./link/link.ts";
import type { Scheduler } from "./network/scheduler.ts";
import type { NodeName } from "./node-name.ts";
import { heldBackText, OnceInAWhile } from "./peer/once-in-a-while.ts";
import type { PeerNews } from "./peer/peer-terms.ts";
import { type Refusal, refusalText } from "./refusal.ts";

/** How long the same news of the same node is held back, in milliseconds: a minute's log has it once. */
const intervalMs = 60_000;

/** So many names of strangers are told apart; the others share one. */
const strangerLimit = 100;

/** Tells what happens between nodes: to those that watch, and to the log. */
export class ClusterNews implements PeerNews {
  readonly #self: NodeName;
  readonly #scheduler: Scheduler;
  readonly #watchers = new Set<(event: NodeEvent) => void>();
  readonly #often = new OnceInAWhile(intervalMs);
  readonly #names = new Set<string>();

  constructor(self: NodeName, scheduler: Scheduler) {
    this.#self = self;
    this.#scheduler = scheduler;
  }

  /** See `Cluster.watch`. */
  watch(listener: (event: NodeEvent) => void): () => void {
    // So that one listener may watch twice.
    const watcher = (event: NodeEvent): void => listener(event);
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  listening(place: string): void {
    const message = `nodes can reach ${this.#self} at ${place}`;
    emit({ level: "info", type: "listening", self: this.#self, place, message });
  }

  up({ node }: Link): void {
    const message = `linked with ${node}`;
    this.#often.forget(`unreachable ${node}`);
    emit({ level: "info", type: "node-up", self: this.#self, node, message });
    for (const watcher of this.#watchers) watcher({ type: "up", node });
  }

  down(node: NodeName, why: DownReason): void {
    const isMeant = why === "disconnected" || why === "left";
    const message = `no more linked with ${node}: ${downText(why)}`;
    const level = isMeant ? "info" : "warn";
    emit({ level, type: "node-down", self: this.#self, node, why, message });
    for (const watcher of this.#watchers) watcher({ type: "down", node, why });
  }

  unreachable(node: NodeName, reason: string): void {
    const heldBack = this.#admit(`unreachable ${node}`);
    if (heldBack === undefined) return;
    const message = `cannot link with ${node}: ${reason}${heldBackText(heldBack)}`;
    emit({ level: "warn", type: "unreachable", self: this.#self, node, reason, message });
  }

  /** `group`: those of one group and reason are alike, whatever they are called; by default those of one name. */
  refused(node: string, why: Refusal, group = node): void {
    const heldBack = this.#admit(`${why.type} ${this.#bounded(group)}`);
    if (heldBack === undefined) return;
    const message = `not linked with ${node}: ${refusalText(why, node)}${heldBackText(heldBack)}`;
    emit({ level: "error", type: "refused", self: this.#self, node, why, message });
  }

  turnedAway(reason: string): void {
    const heldBack = this.#admit("turned-away");
    if (heldBack === undefined) return;
    const message = `a connection was turned away: ${reason}${heldBackText(heldBack)}`;
    emit({ level: "warn", type: "turned-away", self: this.#self, reason, message });
  }

  acceptFailed(reason: string, peer?: string): void {
    const heldBack = this.#admit(`accept-failed ${this.#bounded(reason)}`);
    if (heldBack === undefined) return;
    const whose = peer === undefined ? "a connection" : `a connection from ${peer}`;
    const message = `${whose} could not be accepted: ${reason}${heldBackText(heldBack)}`;
    emit({ level: "warn", type: "accept-failed", self: this.#self, reason, message });
  }

  #admit(key: string): number | undefined {
    return this.#often.admit(key, this.#scheduler.now());
  }

  /** Names that strangers give themselves have no end. */
  #bounded(name: string): string {
    if (this.#names.size < strangerLimit) this.#names.add(name);
    return this.#names.has(name) ? name : "others";
  }
}
