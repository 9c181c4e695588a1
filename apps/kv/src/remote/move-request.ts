import type { Lifetime, Revision } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import type { Hops } from "./hops.ts";

/** A request that no client makes: one node says it to another of its own accord, and nobody passes it on. */
interface OfNode {
  /** One node: the one that asks. */
  readonly hops: Hops;
}

interface OfMove extends OfNode {
  readonly bucket: BucketName;
  /** Which move of the bucket it belongs to: a name that its source has drawn, as a move that is begun anew draws another one. */
  readonly moveId: string;
}

/** A bucket is going to move here: makes room for its copy, which is served only when it is activated. */
export interface MoveBeginRequest extends OfMove {
  readonly type: "move-begin";
  readonly lifetime: Lifetime;
  readonly expiresAtMs: number | undefined;
  /** Everything that is written to the bucket at its new owner gets a higher one. */
  readonly revisionFloor: Revision;
}

/** A field on its move: nothing is asked of what is there before. */
export interface MovedField {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly expiresAtMs: number | undefined;
}

/** A part of the copy: `fields` are put, then `deletedKeys` are taken away. */
export interface MoveFieldsRequest extends OfMove {
  readonly type: "move-fields";
  readonly fields: readonly MovedField[];
  readonly deletedKeys: readonly Uint8Array[];
}

/** The source has given the bucket away: its copy serves from now on. Doing it twice does nothing more. */
export interface MoveActivateRequest extends OfMove {
  readonly type: "move-activate";
}

/** What the nodes say to each other about the routing table itself: `moves/routing-question.ts`. */
export interface RoutingRequest extends OfNode {
  readonly type: "routing";
  readonly text: string;
}

/** What came of a part of a move. */
export type MoveOutcome =
  | { readonly type: "taken" }
  /** It cannot be had here: `reason` is for people. */
  | { readonly type: "refused"; readonly reason: string };

/** The answer to a question about the routing table: `moves/routing-answer.ts`. */
export interface RoutingOutcome {
  readonly type: "routing";
  readonly text: string;
}

/** Longest name of a move. */
export const moveIdLimitBytes = 64;

/** Longest text about the routing table: a table of an entry for each byte, with the longest names, takes a quarter. */
export const routingTextLimitBytes = 256 * 2 ** 10;
