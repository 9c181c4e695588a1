import type { WritersAudit } from "../audit-ledgers.ts";
import type { WriterLedger } from "../writer-ledger.ts";

/** One crew of writers, through a node of its own on the host. */
export interface PlacedCrew {
  readonly name: string;
  readonly buckets: string;
  /** Where the node speaks RESP. */
  readonly port: number;
}

/** What it is told. */
export type CrewOrder =
  /** Say when every writer of these crews has been acknowledged something from now on, but for those whose buckets have lower slots. */
  | { readonly type: "go-on"; readonly names: readonly string[]; readonly fromSlot: number }
  | { readonly type: "stop" }
  /** Compare what crews were told, of any process, with what is there, by way of the first crew's node. */
  | { readonly type: "audit"; readonly ledgers: readonly WriterLedger[] };

/** What it answers, each order in its turn. */
export type CrewAnswer =
  | { readonly type: "begun" }
  | { readonly type: "went-on" }
  /** In the order of the crews. */
  | { readonly type: "stopped"; readonly ledgers: readonly WriterLedger[] }
  | { readonly type: "audited"; readonly audit: WritersAudit }
  | { readonly type: "failed"; readonly reason: string };
