import { refuse } from "../reply.ts";

/**
 * How often a command that reads a key and then writes it, on condition that nobody else has written it since, begins anew.
 * Where the buckets answer at once, nobody can.
 */
export const mostTries = 100;

/** What its client is told then. Nothing was written. */
export const TOO_MANY_WRITES = refuse("the key is written by too many at a time; try again");
