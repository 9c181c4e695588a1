import type { ClusterError } from "../errors.ts";
import type { ClusterOptions } from "../open-cluster.ts";
import { Audit, type AuditedCall } from "./audit.ts";
import { type AuditedNode, startAuditedNode } from "./audited-node.ts";
import { nodeNamed } from "./node-named.ts";
import { type SimulatedWeather, SimulatedWorld } from "./simulated-world.ts";

/** What differs from node to node. */
export interface SceneNode extends Partial<ClusterOptions> {
  /** In how many milliseconds the next call is answered; at once by default, `undefined` for never. */
  readonly answerAfterMs?: () => number | undefined;
}

/** A simulated world with audited nodes. */
export class AuditedScene {
  readonly world: SimulatedWorld;
  readonly audit = new Audit();

  constructor(seed = 1, weather: Partial<SimulatedWeather> = {}) {
    this.world = new SimulatedWorld(seed, weather);
  }

  /** Starts a node, on a host of that name. */
  start(name: string, { answerAfterMs, ...options }: SceneNode = {}): Promise<AuditedNode> {
    const serving = answerAfterMs === undefined ? {} : { answerAfterMs };
    return startAuditedNode(this.world, nodeNamed(name), {
      audit: this.audit,
      options,
      ...serving,
    });
  }

  /** Waits for a promise of the world's while its time passes; rejects as it does. */
  async when<Value>(promise: Promise<Value>): Promise<Value> {
    let isSettled = false;
    const settled = promise.finally(() => (isSettled = true));
    settled.catch(() => undefined);
    await this.world.runUntil(() => isSettled);
    return settled;
  }

  /** Starts two nodes, and links them. */
  async startLinked(names: readonly [string, string], other: SceneNode = {}): Promise<AuditedPair> {
    const [one, two] = names;
    const pair: AuditedPair = [await this.start(one), await this.start(two, other)];
    await this.when(pair[0].cluster.connect(pair[1].name));
    return pair;
  }

  /** Has `from` call `to` and lets time pass until that has settled. */
  async call(from: AuditedNode, to: string, plan: Partial<CallPlan> = {}): Promise<Settled> {
    const call = this.begin(from, to, plan);
    const startedMs = this.world.nowMs;
    await this.world.runUntil(() => call.settled.length > 0);
    const [outcome] = call.settled;
    if (outcome === undefined) throw new Error("it has settled");
    return { call, outcome, tookMs: this.world.nowMs - startedMs };
  }

  /** Has `from` call `to`. */
  begin(from: AuditedNode, to: string, plan: Partial<CallPlan> = {}): AuditedCall {
    const { timeoutMs = 5000, isWrite = true } = plan;
    from.call(nodeNamed(to), timeoutMs, isWrite);
    const call = this.audit.calls.at(-1);
    if (call === undefined) throw new Error("there was a call");
    return call;
  }
}

/** Two nodes. */
export type AuditedPair = readonly [AuditedNode, AuditedNode];

/** How a call is made: a write, by default, with five seconds. */
export interface CallPlan {
  readonly timeoutMs: number;
  readonly isWrite: boolean;
}

/** What became of a call. */
export interface Settled {
  readonly call: AuditedCall;
  readonly outcome: ClusterError | "answered";
  readonly tookMs: number;
}

/** `answered`, or the failure's message. */
export function textOf(outcome: ClusterError | "answered" | undefined): string | undefined {
  return typeof outcome === "object" ? outcome.message : outcome;
}
