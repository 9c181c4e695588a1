import { execFileSync } from "node:child_process";
import { findProgram } from "../../test/harness/find-program.ts";

/** Where Redis' programs lie on this machine. */
export interface RedisPrograms {
  readonly server: string;
  readonly benchmark: string;
  /** That of the server, `7.0.15` say. */
  readonly version: string;
}

/** What installs them. */
export const HOW_TO_INSTALL =
  "install both with `sudo apt-get install redis-server redis-tools` (Debian, Ubuntu) or `brew install redis` (macOS)";

/** `undefined` when the path has not both. */
export function findRedis(): RedisPrograms | undefined {
  const server = findProgram("redis-server");
  const benchmark = findProgram("redis-benchmark");
  if (server === undefined || benchmark === undefined) return undefined;
  const told = execFileSync(server, ["--version"], { encoding: "utf8" });
  return {
    server,
    benchmark,
    version: /\bv=(?<version>\S+)/u.exec(told)?.groups?.["version"] ?? "?",
  };
}
