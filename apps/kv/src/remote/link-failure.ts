import { KvError } from "../errors.ts";
import type { NodeName } from "@kv/cluster";
import type { LinkError } from "./link.ts";

/** A request that has got no answer, as far as its failure depends on it. */
export interface UnansweredRequest {
  readonly node: NodeName;
  /** How long an answer was waited for. */
  readonly timeoutMs: number;
  readonly isWrite: boolean;
}

/** What a link may say beside its code. */
interface Told {
  readonly mayHaveBeenApplied?: unknown;
  readonly afterMs?: unknown;
  readonly silentMs?: unknown;
}

/**
 * The failure a client is told of when the link had no answer: `error`, which is its cause, has said whether the request was
 * sent. A code that is not known here is no operating failure and comes back as it is.
 */
export function failureOfLink(error: LinkError, request: UnansweredRequest): Error {
  const { node, isWrite } = request;
  const { mayHaveBeenApplied: wasSent, afterMs, silentMs }: Told = error.details;
  const mayHaveBeenApplied = isWrite && wasSent !== false;
  const cause = { cause: error };
  switch (error.code) {
    case "CLUSTER_NO_CONNECTION":
      return new KvError("KV_NO_CONNECTION", { node }, cause);
    case "CLUSTER_REFUSED":
      return new KvError("KV_REFUSED", { node, reason: error.message }, cause);
    case "CLUSTER_NOT_ANSWERED": {
      // What is left of a request that is passed on has parts of a millisecond; nobody wants to read those.
      const timeoutMs = Math.round(typeof afterMs === "number" ? afterMs : request.timeoutMs);
      return new KvError("KV_NOT_ANSWERED", { node, timeoutMs, mayHaveBeenApplied }, cause);
    }
    case "CLUSTER_SILENT":
      if (typeof silentMs !== "number") return error;
      return new KvError("KV_SILENT", { node, silentMs, mayHaveBeenApplied }, cause);
    case "CLUSTER_CONNECTION_LOST":
      return new KvError("KV_CONNECTION_LOST", { node, mayHaveBeenApplied }, cause);
    case "CLUSTER_CONGESTED":
      return new KvError("KV_CONGESTED", { node }, cause);
    case "CLUSTER_TOO_LARGE":
      return new KvError("KV_REQUEST_TOO_LARGE", { node }, cause);
    default:
      return error;
  }
}
