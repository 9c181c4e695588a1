/**
 * Nodes that call each other while processes are stopped, killed and started again, and the network is cut, drawn from a seed.
 * `KV_TEST_SEED=N node --test libs/cluster/src/random-histories.test.ts` replays one.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Audit } from "./testing/audit.ts";
import { type AuditedNode, startAuditedNode } from "./testing/audited-node.ts";
import { nodeNamed } from "./testing/node-named.ts";
import { SimulatedWorld } from "./testing/simulated-world.ts";

/** Some four seconds on a core that has nothing else to do. */
const histories = 150;
const steps = 120;
const names = [nodeNamed("ann@lab"), nodeNamed("bob@lab"), nodeNamed("cid@lab")];

/** Longest pause in which everything that can be linked is linked again: back-off, handshake, a silence. */
const quietMs = 30_000;

class History {
  readonly world: SimulatedWorld;
  readonly audit = new Audit();
  readonly nodes: AuditedNode[] = [];
  readonly killed = new Set<AuditedNode>();
  /** Which process made each call. */
  readonly callers: AuditedNode[] = [];

  constructor(seed: number) {
    this.world = new SimulatedWorld(seed, {
      latencyMs: 1 + (seed % 40),
      slowWritesPercent: seed % 50,
    });
  }

  async start(index: number): Promise<void> {
    const { chance } = this.world;
    const name = names[index];
    assert.ok(name !== undefined);
    this.nodes[index] = await startAuditedNode(this.world, name, {
      audit: this.audit,
      answerAfterMs: () =>
        chance.percent(70) ? 0 : chance.percent(80) ? chance.below(400) : undefined,
      options: { limits: { callLimit: 50, queueLimitBytes: 200, overflowBytes: 800 } },
    });
  }

  async step(): Promise<void> {
    const { chance } = this.world;
    const index = chance.below(names.length);
    const node = this.nodes[index];
    const to = names[(index + 1 + chance.below(names.length - 1)) % names.length];
    assert.ok(node !== undefined && to !== undefined);
    const roll = chance.below(100);
    if (roll < 50) this.#burst(node);
    else if (roll < 75) await this.world.run(chance.below(chance.percent(10) ? 5000 : 100));
    else if (roll < 80) this.world.cut(node.name, to);
    else if (roll < 86) this.world.heal(node.name, to);
    else if (roll < 89) node.process.freeze();
    else if (roll < 93) node.process.thaw();
    else if (roll < 95) this.#breakStream(node);
    else if (roll < 97) void node.cluster.disconnect(to);
    else if (roll < 99) node.cluster.connect(to).catch(() => undefined);
    else {
      this.killed.add(node);
      node.process.kill();
      await this.start(index);
    }
  }

  #burst(node: AuditedNode): void {
    const { chance } = this.world;
    // A frozen process does nothing.
    node.process.scheduler.endOfTurn(() => {
      const to = chance.pick(names.filter((name) => name !== node.name));
      for (let count = chance.below(8); count >= 0; count--) {
        this.callers.push(node);
        node.call(to, chance.pick([20, 200, 3000, 8000]), chance.percent(70));
      }
    });
  }

  #breakStream({ process }: AuditedNode): void {
    const [stream] = process.streams;
    stream?.destroy();
  }

  async quiet(): Promise<void> {
    for (const node of this.nodes) node.process.thaw();
    for (const from of names) for (const to of names) this.world.heal(from, to);
    await this.world.run(quietMs);
  }

  check(): void {
    this.audit.check(({ number }) => {
      const caller = this.callers[number];
      return caller !== undefined && this.killed.has(caller);
    });
    for (const node of this.nodes) {
      const peers = [...node.process.streams].map(({ otherProcess }) => otherProcess?.host ?? "");
      assert.deepEqual(peers.toSorted(), node.cluster.nodes(), `the streams of ${node.name}`);
      for (const other of this.nodes.filter((each) => node.cluster.nodes().includes(each.name))) {
        assert.ok(other.cluster.nodes().includes(node.name), "one end only has the link");
      }
    }
  }
}

async function run(seed: number): Promise<History> {
  const history = new History(seed);
  for (const index of names.keys()) await history.start(index);
  for (let step = 0; step < steps; step++) await history.step();
  await history.quiet();
  history.check();
  return history;
}

/** What histories that have lost their bite do not come to any more. */
const bites = [
  "answered",
  "CLUSTER_CONGESTED",
  "CLUSTER_CONNECTION_LOST",
  "CLUSTER_NO_CONNECTION",
  "CLUSTER_NOT_ANSWERED",
  "CLUSTER_SILENT",
];

const { KV_TEST_SEED: seedText = "" } = process.env;

test("Cluster settles every call once and truly, whatever happens to processes and the network", async (t) => {
  const first = seedText === "" ? Math.floor(Math.random() * 2 ** 31) : Number(seedText);
  const count = seedText === "" ? histories : 1;
  t.diagnostic(`${count} histories, the first of seed ${first}`);
  const tally = new Map<string, number>();
  for (let seed = first; seed < first + count; seed++) {
    const history = await run(seed).catch((error: unknown) => {
      throw new Error(`KV_TEST_SEED=${seed} replays it`, { cause: error });
    });
    for (const { settled } of history.audit.calls) {
      for (const outcome of settled) {
        const key = outcome === "answered" ? outcome : outcome.code;
        tally.set(key, (tally.get(key) ?? 0) + 1);
      }
    }
  }
  t.diagnostic([...tally].map(([outcome, times]) => `${outcome}: ${times}`).join(", "));
  const lost = bites.filter((bite) => count > 1 && (tally.get(bite) ?? 0) < 100);
  assert.deepEqual(lost, [], "hardly ever happened");
});

test("the same seed has the same history", async () => {
  for (const seed of [1, 2, 3]) {
    const [one, other] = [await run(seed), await run(seed)];
    const told = ({ audit }: History): unknown =>
      audit.calls.map(({ settled }) => settled.map(String));
    assert.deepEqual(told(one), told(other));
  }
});
