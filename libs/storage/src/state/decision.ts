import type { Mutation } from "./mutation.ts";

/** What is to be answered, and the latest mutation a crash must not take back for that to stay true. */
export interface Finding<Outcome> {
  readonly outcome: Outcome;
  /** A mutation's number; 0 when it rests on none. */
  readonly restsOn: number;
}

/** What an operation comes to, before anything of it is done. */
export interface Decision<Outcome> extends Finding<Outcome> {
  /** To be logged and applied in this order, all or none; empty when nothing changes. */
  readonly mutations: readonly Mutation[];
}

/** Whether a bucket goes, and leaves keys behind that take memory until the index reclaims it. */
export function dropsBucket({ mutations }: Decision<unknown>): boolean {
  // Mostly there is one: this is asked for every put.
  if (mutations.length === 1) return mutations[0]?.type === "drop";
  return mutations.some(({ type }) => type === "drop");
}

const NOTHING: readonly Mutation[] = [];

/** Nothing is to be done; saying so rests on the mutation `restsOn`. */
export function unchanged<Outcome>(outcome: Outcome, restsOn: number): Decision<Outcome> {
  return { outcome, mutations: NOTHING, restsOn };
}

/** `mutation` is to be done, and the outcome rests on it. */
export function changed<Outcome>(outcome: Outcome, mutation: Mutation): Decision<Outcome> {
  return { outcome, mutations: [mutation], restsOn: mutation.revision };
}
