import type { Durability } from "../../../libs/storage/src/redis-cluster/cluster/acknowledgement/acknowledgement-rule.ts";
import type { WritersAudit } from "../audit-ledgers.ts";
import type { WriterLedger } from "../writer-ledger.ts";

/** One crew of writers, with a store of its own. */
export interface CrewPlan {
  readonly name: string;
  readonly buckets: string;
  readonly durability: Durability;
}

/** What a process of crews is started with. */
export interface CrewsPlan {
  /** Some servers. */
  readonly nodes: readonly string[];
  readonly plans: readonly CrewPlan[];
}

/** What it is told. */
export type CrewOrder =
  /** Say when every writer of these crews has been acknowledged something from now on, but for those whose buckets have lower slots. */
  | { readonly type: "go-on"; readonly names: readonly string[]; readonly fromSlot: number }
  | { readonly type: "stop" }
  /** Compare what crews were told, of any process, with what is there, by way of the first crew's store. */
  | { readonly type: "audit"; readonly ledgers: readonly WriterLedger[] };

/** What it answers, each order in its turn. */
export type CrewAnswer =
  | { readonly type: "begun" }
  | { readonly type: "went-on" }
  /** In the order of the plans. */
  | { readonly type: "stopped"; readonly ledgers: readonly WriterLedger[] }
  | { readonly type: "audited"; readonly audit: WritersAudit }
  | { readonly type: "failed"; readonly reason: string };
