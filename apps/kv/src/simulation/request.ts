import type { NodeName } from "@kv/cluster";
import { isStorageError } from "@kv/storage";
import { KvError } from "../errors.ts";
import type { Connection } from "./connection.ts";

/** What a client asks for. */
export type Demand =
  | { readonly type: "create" | "drop"; readonly bucket: string }
  | {
      readonly type: "put" | "put-first" | "get" | "delete";
      readonly bucket: string;
      readonly key: string;
    }
  | { readonly type: "list" | "count" };

/** What a client was told: the type of the outcome, and what it shows. */
export interface Told {
  readonly type: string;
  /** Of a value that was found. */
  readonly value?: string;
  /** Of a listing that was followed to its end. */
  readonly buckets?: readonly string[];
  /** Of buckets that were counted. */
  readonly count?: number;
}

/** One request of a client, and what is known of it. */
export interface Request {
  /** Its place among all requests; what it puts is this number. */
  readonly number: number;
  readonly demand: Demand;
  readonly connection: Connection;
  readonly node: NodeName;
  readonly begunMs: number;
  /** How long it may take. */
  readonly timeoutMs: number;
  /** How often nodes had been given another table when it began: this one, and all. */
  readonly changesBefore: TableChanges;
  /** What came of it; a sound cluster puts one thing in here. */
  readonly settled: (Told | Error)[];
  settledMs: number;
  settledChanges: TableChanges;
  /** When its node had last gone on after it had stood still. */
  thawedMs: number;
  /** Whether its answer was waited for under a deadline: it went to another node. */
  wasSent: boolean;
}

/** How many changes of tables there have been, at one node and at all of them. */
export interface TableChanges {
  readonly own: number;
  readonly all: number;
}

/** Whether `demand` changes anything. */
export function isWrite({ type }: Demand): boolean {
  return type !== "get" && type !== "list" && type !== "count";
}

/** What was told of a request: the outcome, `refused` when it was surely not carried out, `unknown` when nobody can know. */
export function verdictOf({ settled: [end] }: Request): Told | "refused" | "unknown" {
  if (end === undefined) return "unknown";
  if (!(end instanceof Error)) return end;
  if (isStorageError(end, "STORAGE_WRITE_UNKNOWN")) return "unknown";
  const mayHave: { readonly mayHaveBeenApplied?: boolean } =
    end instanceof KvError ? end.details : {};
  return mayHave.mayHaveBeenApplied === true ? "unknown" : "refused";
}
