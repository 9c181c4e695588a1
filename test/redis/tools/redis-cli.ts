import { findProgram } from "../../harness/find-program.ts";
import { type Ran, runProgram, type RunOptions } from "./run-program.ts";

const program = findProgram("redis-cli");

/** Why a test that needs redis-cli is skipped; `false` where it is installed. */
export const withoutRedisCli: string | false =
  program === undefined
    ? "there is no redis-cli here (Debian: apt-get install redis-tools)"
    : false;

/** Where redis-cli is. */
export const redisCliPath: string = program ?? "redis-cli";

/** Nothing of a test is to lie in the home of whoever runs it, and nothing there is to steer a test. */
export const redisCliEnvironment: Readonly<Record<string, string>> = {
  REDISCLI_HISTFILE: "/dev/null",
  REDISCLI_RCFILE: "/dev/null",
};

/** Runs redis-cli against the server on `port` of the loopback. */
export function redisCli(
  port: number,
  words: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const env = { ...redisCliEnvironment, ...options.env };
  return runProgram(redisCliPath, ["-p", String(port), ...words], { ...options, env });
}
