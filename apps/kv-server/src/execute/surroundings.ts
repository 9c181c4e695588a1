import type { Kv } from "@kv/kv";
import type { ServerEnvironment } from "../environment.ts";

/** What a command is carried out with. */
export interface Surroundings {
  readonly kv: Kv;
  /** Read when it is needed. */
  readonly environment: Pick<
    ServerEnvironment,
    "keyLimitBytes" | "valueLimitBytes" | "replyLimitBytes"
  >;
  /** Unix time in milliseconds. */
  readonly unixTimeMs: () => number;
  /** From 0 up to but not including 1. */
  readonly random: () => number;
}
