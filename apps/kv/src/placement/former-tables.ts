import type { NodeName } from "@kv/cluster";
import { completed } from "../moves/routing-answers.ts";
import { textOf } from "../moves/routing-schema.ts";
import { compileRoutingTable, type RoutingReader, type RoutingTable } from "../routing-table.ts";
import type { Notes } from "./notes.ts";
import { type PlacementRecords, recordKey } from "./records.ts";

/** What former tables are kept with. */
export interface FormerTablesOptions {
  readonly reader: RoutingReader;
  readonly notes: Notes;
  readonly records: () => Pick<PlacementRecords, "inForce" | "former">;
}

/**
 * The tables that this node has gone by, and of which not all buckets may have moved: kept in its own store, as the next process has
 * to ask by them too. None that names this node alone: what it holds it serves anyway.
 */
export class FormerTables {
  readonly #options: FormerTablesOptions;
  /** Their owners of each first byte but for this node, as long as there are any. */
  #owners: readonly (readonly NodeName[])[] | undefined;

  constructor(options: FormerTablesOptions) {
    this.#options = options;
  }

  /** Whether there are any. */
  get isEmpty(): boolean {
    return this.#owners === undefined;
  }

  /** In their short form, names complete. */
  get texts(): readonly string[] {
    return this.#options.records().former.map((table) => textOf(table));
  }

  /** Who else may have `bucket`, by any of them. */
  ownersOf(bucket: Uint8Array): readonly NodeName[] {
    return this.#owners?.[bucket[0] ?? 0] ?? [];
  }

  /** Everybody who may have buckets by them. */
  get nodes(): ReadonlySet<NodeName> {
    return new Set(this.#owners?.flat());
  }

  /** The node goes by `table` from now on, which was put, or is configured, in the place of another. Resolves when that is kept. */
  goneBy(table: RoutingTable): Promise<void> {
    const { inForce } = this.#options.records();
    const { reader } = this.#options;
    if (inForce !== undefined && textOf(inForce) !== textOf(completed(table, reader)))
      this.#add(inForce);
    return this.applied(table);
  }

  /** The same of a table to which all nodes have agreed, and for which they move what they hold. */
  async applied(table: RoutingTable): Promise<void> {
    const { reader, notes, records } = this.#options;
    const now = completed(table, reader);
    const kept = records();
    if (kept.inForce !== undefined && textOf(kept.inForce) === textOf(now)) return;
    if (kept.inForce === undefined && !this.#namesOthers(now)) return;
    kept.inForce = now;
    await notes.write(recordKey.inForce, textOf(now));
  }

  /** All that names none but `nodes` and this one is done with: they have moved what they held. */
  doneAt(nodes: readonly string[]): void {
    const { former } = this.#options.records();
    const isDone = (table: RoutingTable): boolean =>
      completed(table, this.#options.reader).every(
        ({ node }) => this.#isSelf(node) || nodes.includes(node),
      );
    if (former.some(isDone)) void this.#keep(former.filter((table) => !isDone(table)));
  }

  /** Nothing is looked for at `gone` any more. Resolves when that is kept. */
  forget(gone: NodeName): Promise<void> | undefined {
    const { former } = this.#options.records();
    const left = former.map((table) => table.filter(({ node }) => node !== gone));
    return this.#keep(left.filter((table) => this.#namesOthers(table)));
  }

  /** Makes ready what was read. */
  compile(): void {
    const { reader, records } = this.#options;
    const tables = records().former.map((table) => compileRoutingTable(table, reader));
    if (tables.length === 0) this.#owners = undefined;
    else {
      this.#owners = Array.from({ length: 256 }, (_, byte) => {
        const owners = tables.map((table) => table[byte]).filter((node) => node !== undefined);
        return [...new Set(owners)].filter((node) => node !== reader.self);
      });
    }
  }

  #add(table: RoutingTable): void {
    if (!this.#namesOthers(table) || this.texts.includes(textOf(table))) return;
    // The latest first: it is the likeliest.
    void this.#keep([table, ...this.#options.records().former]);
  }

  #keep(former: PlacementRecords["former"]): Promise<void> | undefined {
    const { notes, records } = this.#options;
    records().former = former;
    this.compile();
    return notes.write(recordKey.former, this.texts);
  }

  #namesOthers(table: RoutingTable): boolean {
    return completed(table, this.#options.reader).some(({ node }) => !this.#isSelf(node));
  }

  #isSelf(node: string): boolean {
    return node === this.#options.reader.self;
  }
}
