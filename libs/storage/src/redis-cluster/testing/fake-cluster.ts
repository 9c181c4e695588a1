import { FakeNode } from "./fake-node.ts";

/** Fake primaries that share the slots evenly, with two replicas each that have everything at once. */
export class FakeCluster implements AsyncDisposable {
  readonly nodes: readonly FakeNode[];
  /** By slot, the place of its primary among `nodes`. */
  readonly owners: number[];
  /** Config epochs, by the place of the node. */
  readonly epochs: number[];
  readonly #flags: string[];

  private constructor(nodes: readonly FakeNode[]) {
    this.nodes = nodes;
    this.owners = Array.from({ length: 16_384 }, (_, slot) =>
      Math.floor((slot * nodes.length) / 16_384),
    );
    this.epochs = nodes.map((_, index) => index + 1);
    this.#flags = nodes.map(() => "master");
  }

  static async start(count: number): Promise<FakeCluster> {
    const nodes = Array.from({ length: count }, (_, index) => new FakeNode(idOf("a", index)));
    const cluster = new FakeCluster(nodes);
    for (const [index, node] of nodes.entries()) {
      await node.start();
      node.nodes = () => cluster.view(index);
      for (const copy of [0, 1]) {
        node.replicas.push({
          id: idOf("f", index * 2 + copy),
          port: 1 + index * 2 + copy,
          flags: "slave",
          isUpToDate: true,
          isOnline: true,
        });
      }
    }
    return cluster;
  }

  node(index: number): FakeNode {
    const node = this.nodes[index];
    if (node === undefined) throw new RangeError(`there are ${this.nodes.length} nodes`);
    return node;
  }

  get addresses(): readonly string[] {
    return this.nodes.map(({ address }) => address);
  }

  /** Gives all slots of one node to another, as an election does. */
  takeOver(from: number, to: number): void {
    this.epochs[to] = Math.max(...this.epochs) + 1;
    for (const [slot, owner] of this.owners.entries()) if (owner === from) this.owners[slot] = to;
    this.#flags[from] = "master,fail";
  }

  /** What the node at `index` answers to CLUSTER NODES. */
  view(index: number): string {
    return this.nodes
      .flatMap((node, place) => [
        `${node.id} ${node.address}@1 ${place === index ? "myself," : ""}${this.#flags[place] ?? ""} - 0 0 ${this.epochs[place] ?? 0} connected ${this.#rangesOf(place)}`.trim(),
        ...node.replicas.map((replica) => node.lineOf(replica)),
      ])
      .join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.nodes) await node.stop();
  }

  #rangesOf(place: number): string {
    const ranges: string[] = [];
    let first: number | undefined;
    for (let slot = 0; slot <= this.owners.length; slot += 1) {
      const isIts = this.owners[slot] === place;
      if (isIts) first ??= slot;
      else if (first !== undefined) {
        ranges.push(`${first}-${slot - 1}`);
        first = undefined;
      }
    }
    return ranges.join(" ");
  }
}

function idOf(letter: string, index: number): string {
  return `${letter.repeat(30)}${String(index).padStart(10, "0")}`;
}
