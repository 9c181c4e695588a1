import { SLOT_COUNT } from "./key-slot.ts";
import type { ImportedSlot, NodeLine } from "./node-line.ts";

/** Who has a slot, as somebody claimed with this config epoch. */
export interface SlotOwner {
  /** Empty where only a redirect named it so far. */
  readonly id: string;
  readonly address: string;
  readonly configEpoch: number;
}

/**
 * Who has which slot, and what nodes there are, put together from what several nodes say.
 *
 * Nodes of a cluster can disagree: one that was cut off still claims its slots while the others elected another. Of two claims
 * the one with the higher config epoch is the later one, so it holds, and a claim with a lower epoch than one seen before is not believed.
 */
export class Topology {
  readonly #owners: (SlotOwner | undefined)[];
  readonly #nodes: ReadonlyMap<string, NodeLine>;
  /** By the id of a primary, what it takes over, as it said itself last. */
  readonly #imports: Imports;
  readonly #torn: ReadonlySet<number>;
  #primaries: readonly SlotOwner[] | undefined;

  private constructor(
    owners: (SlotOwner | undefined)[],
    nodes: ReadonlyMap<string, NodeLine>,
    imports: Imports,
  ) {
    this.#owners = owners;
    this.#nodes = nodes;
    this.#imports = imports;
    this.#torn = tornSlots(owners, nodes, imports);
  }

  /** Nothing is known. */
  static empty(): Topology {
    return new Topology(Array.from({ length: SLOT_COUNT }), new Map(), new Map());
  }

  /** All nodes that were named, by id; a node's own words about itself go before others'. */
  get nodes(): ReadonlyMap<string, NodeLine> {
    return this.#nodes;
  }

  /** Nobody has a slot that is torn. */
  ownerOf(slot: number): SlotOwner | undefined {
    return this.#torn.has(slot) ? undefined : this.#owners[slot];
  }

  /**
   * Slots that were on their way when the primary that had them died. Its replica took over and knows nothing of that: keys that had moved already are not there,
   * and whoever asks for one would be told that there is none. Until an operator has put that right nobody is to be asked.
   */
  get torn(): ReadonlySet<number> {
    return this.#torn;
  }

  /** The copies of the primary that has `slot`, but for those that are flagged `fail`. */
  replicasOf(slot: number): readonly NodeLine[] {
    const id = this.ownerOf(slot)?.id;
    if (id === undefined) return [];
    return [...this.#nodes.values()].filter((node) => node.primary === id && !node.isFailed);
  }

  /** The primaries that have slots, by id in order. */
  primaries(): readonly SlotOwner[] {
    this.#primaries ??= this.#findPrimaries();
    return this.#primaries;
  }

  #findPrimaries(): readonly SlotOwner[] {
    const byId = new Map<string, SlotOwner>();
    for (const owner of this.#owners) if (owner !== undefined) byId.set(owner.id, owner);
    byId.delete("");
    return [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Whether any slot is at `address`. */
  hasSlots(address: string): boolean {
    return this.#owners.some((owner) => owner?.address === address);
  }

  /** Whether it is known as a primary that has not failed; it may have no slots, or none yet. */
  isPrimary(address: string): boolean {
    return [...this.#nodes.values()].some(
      (node) => node.address === address && node.isPrimary && !node.isFailed,
    );
  }

  /** By slot, the id of the primary that has it. */
  owners(): readonly (string | undefined)[] {
    return this.#owners.map((owner, slot) => (this.#torn.has(slot) ? undefined : owner?.id));
  }

  servedSlots(): number {
    const claimed = this.#owners.reduce((sum, owner) => sum + (owner === undefined ? 0 : 1), 0);
    return claimed - this.#torn.size;
  }

  /**
   * A node said that `slot` is at `address` now. It knows better than what was put together before; but of one that was a replica, so that it has taken over
   * from its primary, it is not known yet whether anything is torn.
   */
  moved(slot: number, address: string): void {
    const before = this.#owners[slot];
    const node = [...this.#nodes.values()].find((known) => known.address === address);
    if (node?.isPrimary === false) return;
    const configEpoch = Math.max(before?.configEpoch ?? 0, node?.configEpoch ?? 0);
    this.#owners[slot] = { id: node?.id ?? "", address, configEpoch };
    this.#primaries = undefined;
  }

  /**
   * What holds once these views, each what one node answers to CLUSTER NODES, are taken together with what was known. Without
   * any view it is what was known.
   */
  with(views: readonly (readonly NodeLine[])[]): Topology {
    if (views.length === 0) return this;
    const nodes = nodesOf(views);
    const owners: (SlotOwner | undefined)[] = Array.from({ length: SLOT_COUNT });
    for (const line of views.flat()) if (line.isPrimary) claim(owners, line);
    for (const [slot, before] of this.#owners.entries()) {
      const now = owners[slot];
      // A node that nobody knows any more was taken out: its claim went with it.
      const isKnown = before !== undefined && (before.id === "" || nodes.has(before.id));
      if (isKnown && before.configEpoch > (now?.configEpoch ?? -1)) owners[slot] = before;
    }
    return new Topology(owners, nodes, importsOf(views, this.#imports));
  }
}

type Imports = ReadonlyMap<string, readonly ImportedSlot[]>;

function importsOf(views: readonly (readonly NodeLine[])[], before: Imports): Imports {
  const imports = new Map(before);
  for (const { id, isMyself, importing } of views.flat()) {
    if (isMyself && importing.length > 0) imports.set(id, importing);
    else if (isMyself) imports.delete(id);
  }
  return imports;
}

/** Those that a primary takes over from one that has not got them any more, and that it has not got either. */
function tornSlots(
  owners: readonly (SlotOwner | undefined)[],
  nodes: ReadonlyMap<string, NodeLine>,
  imports: Imports,
): ReadonlySet<number> {
  const torn = new Set<number>();
  for (const [id, importing] of imports) {
    const node = nodes.get(id);
    // One that has failed, too, has a replica that knows nothing of it either.
    if (node === undefined || !node.isPrimary || node.isFailed) continue;
    for (const { slot, from } of importing) {
      const owner = owners[slot];
      if (owner !== undefined && owner.id !== "" && owner.id !== from && owner.id !== id) {
        torn.add(slot);
      }
    }
  }
  return torn;
}

function claim(owners: (SlotOwner | undefined)[], line: NodeLine): void {
  const owner = { id: line.id, address: line.address, configEpoch: line.configEpoch };
  for (const { first, last } of line.slots) {
    for (let slot = first; slot <= Math.min(last, SLOT_COUNT - 1); slot += 1) {
      if (line.configEpoch >= (owners[slot]?.configEpoch ?? -1)) owners[slot] = owner;
    }
  }
}

function nodesOf(views: readonly (readonly NodeLine[])[]): ReadonlyMap<string, NodeLine> {
  const nodes = new Map<string, NodeLine>();
  for (const line of views.flat()) {
    const known = nodes.get(line.id);
    if (known === undefined || isLater(line, known)) nodes.set(line.id, line);
    else if (line.isMyself && !isLater(known, line)) {
      // A node is the first to know its role, and the last to hear of its own failure.
      nodes.set(line.id, { ...line, isFailed: known.isFailed });
    } else if (line.isFailed) nodes.set(line.id, { ...known, isFailed: true });
  }
  return nodes;
}

/** Whether a line says what came later. */
function isLater(line: NodeLine, known: NodeLine): boolean {
  // Whoever copies another was a primary without slots before, with an epoch of its own that has nothing to do with that of the other.
  const [isEmpty, wasEmpty] = [line, known].map((of) => of.isPrimary && of.slots.length === 0);
  if (known.isPrimary !== line.isPrimary && isEmpty !== wasEmpty) return wasEmpty === true;
  return line.configEpoch > known.configEpoch;
}
