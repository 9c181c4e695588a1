import { ClusterError, type ServedCall } from "@kv/cluster";
import type { LinkCall, LinkError } from "../remote/link.ts";
import { KvError } from "../errors.ts";
import { systemBucket } from "../placement/system-bucket.ts";
import { RequestDecoder } from "../remote/codec/decode-request.ts";
import { measureResponse, writeResponse } from "../remote/codec/response-codec.ts";
import { WireWriter } from "../remote/codec/wire-writer.ts";
import { OPERATION_NUMBER } from "../remote/request.ts";
import type { Sabotage } from "./sabotage.ts";

/** Every fourth call, and what comes behind it, is set aside for so long. */
const ASIDE_EVERY = 4;
const ASIDE_MS = 300;

/** The bytes of an empty page of buckets, the last one. */
const NO_BUCKETS = Uint8Array.of(14, 0, 0, 0, 0, 0);

/** A write that was sent and not answered is reported as one that was surely not carried out. */
export const deniesWhatWasSent: Sabotage = {
  calling: (links) => ({
    call: (node, call) =>
      links.call(
        node,
        withFailure(call, (error) => call.failed(denied(error))),
      ),
  }),
};

/** A call whose link was lost is sent once more. */
export const sendsAgain: Sabotage = {
  calling: (links) => ({
    call: (node, call) => {
      const bytes = new Uint8Array(call.byteLength);
      call.write(bytes, 0);
      const write = (target: Uint8Array, at: number): void => target.set(bytes, at);
      const failed = (error: LinkError): void => {
        const again = { ...withFailure(call, (last) => call.failed(last)), write };
        if (error.code === "CLUSTER_CONNECTION_LOST") links.call(node, again);
        else call.failed(error);
      };
      links.call(node, { ...withFailure(call, failed), write });
    },
  }),
};

/** A node that cannot be asked for its buckets is taken for one that has none. */
export const leavesOutTheDead: Sabotage = {
  calling: (links) => ({
    call: (node, call) => {
      const bytes = new Uint8Array(call.byteLength);
      call.write(bytes, 0);
      const isListing = bytes[0] === OPERATION_NUMBER["list-buckets"];
      const failed = (error: LinkError): void =>
        isListing ? call.answered(NO_BUCKETS) : call.failed(error);
      const write = (target: Uint8Array, at: number): void => target.set(bytes, at);
      links.call(node, { ...withFailure(call, failed), write });
    },
  }),
};

/** A node that is to serve a bucket asks nobody who had it before. */
export const asksNoFormerOwner: Sabotage = {
  calling: (links) => ({
    call: (node, call) => {
      const asked = sentBytes(call);
      if (asked.isOfFormerOwner) call.answered(notHere(node));
      else links.call(node, asked.call);
    },
  }),
};

/** A former owner that cannot be asked is taken for one that does not hold the bucket. */
export const takesSilenceForNo: Sabotage = {
  calling: (links) => ({
    call: (node, call) => {
      const asked = sentBytes(call);
      const failed = (error: LinkError): void =>
        asked.isOfFormerOwner ? call.answered(notHere(node)) : call.failed(error);
      links.call(node, { ...asked.call, failed });
    },
  }),
};

/** What `call` writes, and the same call for bytes that were written. */
function sentBytes(call: LinkCall) {
  const bytes = new Uint8Array(call.byteLength);
  call.write(bytes, 0);
  const isOfFormerOwner = new RequestDecoder().decode(bytes)?.hops.asksFormerOwner === true;
  const write = (target: Uint8Array, at: number): void => target.set(bytes, at);
  return { isOfFormerOwner, call: { ...withFailure(call, (error) => call.failed(error)), write } };
}

function notHere(node: string): Uint8Array {
  const failure = new KvError("KV_NOT_HERE", { node });
  const bytes = new Uint8Array(measureResponse("get", failure));
  writeResponse(new WireWriter(bytes, 0), "get", failure);
  return bytes;
}

/** A node that holds a bucket goes by its table all the same. */
export const holderSendsOn: Sabotage = {
  storing: (store) => ({
    ...store,
    // Of what the node remembers itself it is told.
    describeBucket: (bucket) =>
      bucket.length === systemBucket.length
        ? store.describeBucket(bucket)
        : { outcome: { type: "no-bucket" }, durable: undefined },
  }),
};

/**
 * Calls that wait at a node are served when the link that brought them is gone, and a new one may have brought others: those
 * do not wait for them. With `drops` they are dropped with their link, as they are to be: then nothing is wrong with it.
 */
export function setsCallsAside({ drops }: { readonly drops: boolean }): Sabotage {
  return {
    serving: (serve, { scheduler }) => {
      let aside: ServedCall[] = [];
      let count = 0;
      const serveAll = (): void => {
        const calls = aside;
        aside = [];
        for (const call of calls) if (!drops || !call.isGone) serve(call);
      };
      return (call) => {
        const isBehindOldLink = aside[0]?.isGone === true;
        if (aside.length > 0 && (drops || !isBehindOldLink)) aside.push(ownCall(call));
        else if (aside.length > 0 || count++ % ASIDE_EVERY !== 0) serve(call);
        else {
          aside.push(ownCall(call));
          scheduler.after(ASIDE_MS, serveAll);
        }
      };
    },
  };
}

/** `call` in memory of its own, for a later turn. */
function ownCall(call: ServedCall): ServedCall {
  return {
    from: call.from,
    payload: Uint8Array.from(call.payload),
    remainingMs: call.remainingMs,
    get isGone() {
      return call.isGone;
    },
    answer: (byteLength, write) => call.answer(byteLength, write),
  };
}

function withFailure(call: LinkCall, failed: (error: LinkError) => void): LinkCall {
  const { deadlineMs, isWrite, byteLength } = call;
  return {
    deadlineMs,
    isWrite,
    byteLength,
    write: (target, at) => call.write(target, at),
    answered: (bytes, start, end) => call.answered(bytes, start, end),
    failed,
  };
}

function denied(error: LinkError): LinkError {
  if (!(error instanceof ClusterError) || !("mayHaveBeenApplied" in error.details)) return error;
  const { node } = error.details;
  const details = { node, afterMs: 0, mayHaveBeenApplied: false };
  return new ClusterError("CLUSTER_NOT_ANSWERED", details, { cause: error });
}
