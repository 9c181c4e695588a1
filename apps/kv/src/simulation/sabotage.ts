import type { ServedCall } from "@kv/cluster";
import type { SimulatedProcess } from "@kv/cluster/testing";
import type { Store, SyncMode } from "@kv/storage";
import type { Caller } from "../remote/link.ts";

/** Rules that a test breaks on purpose, to see whether the simulation notices. */
export interface Sabotage {
  /** How the nodes' logs are synced; `always` when all is well. */
  readonly sync?: SyncMode;
  /** Stands between the links and what serves their calls. */
  readonly serving?: (
    serve: (call: ServedCall) => void,
    process: SimulatedProcess,
  ) => (call: ServedCall) => void;
  /** Stands between the router and the links. */
  readonly calling?: (caller: Caller) => Caller;
  /** Stands between the router and the store. */
  readonly storing?: (store: Store) => Store;
  /** Clients do not wait for what is under way when the table has changed. */
  readonly ignoresEpoch?: boolean;
}
