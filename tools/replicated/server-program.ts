import { spawnSync } from "node:child_process";

/** A server that can be a node of a cluster. */
export interface ServerProgram {
  readonly name: "redis-server" | "valkey-server";
  /** As it says itself: `7.0.15`. */
  readonly version: string;
}

const VERSION = /v=(?<version>\S+)/u;

/** How one gets a server, for whoever has none. */
export const INSTALL_LINE = "apt-get install redis-server";

/** The first of these that is installed; `undefined` when none is. */
export function findServer(
  names: readonly ServerProgram["name"][] = ["redis-server", "valkey-server"],
): ServerProgram | undefined {
  for (const name of names) {
    const { status, stdout } = spawnSync(name, ["--version"], { encoding: "utf8" });
    if (status === 0) return { name, version: VERSION.exec(stdout)?.groups?.["version"] ?? "" };
  }
  return undefined;
}

/** Why a test that needs real servers is skipped; `false` where there are some. */
export const withoutServer: string | false =
  findServer() === undefined
    ? `there is neither redis-server nor valkey-server here (${INSTALL_LINE})`
    : false;
