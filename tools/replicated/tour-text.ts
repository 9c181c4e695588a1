import type { ServerProgram } from "./server-program.ts";

/** What runs, for whoever wants to try it. */
export interface Tour {
  /** Of which the servers are; where there is only Valkey, there is no redis-cli either. */
  readonly program: ServerProgram["name"];
  readonly nodes: readonly {
    readonly name: string;
    readonly pid: number;
    readonly port: number;
    readonly respPort: number;
  }[];
  /** The primaries first; `copyOf` is the place of a replica's primary. */
  readonly servers: readonly {
    readonly address: string;
    readonly pid: number;
    readonly folder: string;
    readonly copyOf: number | undefined;
  }[];
}

/** Which of three primaries has the bucket of the tour: its slot, 8895, is in the second third. */
const SHOPPING_PLACE = 1;

/** What runs where, and how to break it. */
export function describeTour({ program, nodes, servers }: Tour): string {
  const [one, two] = nodes;
  const primary = servers[SHOPPING_PLACE];
  const client = program.replace("server", "cli");
  return [
    "",
    "Servers, which hold the data:",
    ...servers.keys().flatMap((place) => shardLines(servers, place)),
    "KV nodes, each of which serves every bucket:",
    ...nodes.map(
      ({ name, pid, port, respPort }) => `  ${name}  port ${port}, RESP ${respPort}  pid ${pid}`,
    ),
    "",
    "Write through one, read through the other:",
    `  printf 'CREATE shopping\\r\\nPUT shopping milk 1\\r\\n' | nc -q1 127.0.0.1 ${one?.port ?? ""}`,
    `  ${client} -p ${two?.respPort ?? ""} HGET shopping milk`,
    "Break it: the primary that has the bucket, for good or for a while",
    `  kill -9 ${primary?.pid ?? ""}`,
    `  kill -STOP ${primary?.pid ?? ""}; sleep 8; kill -CONT ${primary?.pid ?? ""}`,
    "and go on: what was acknowledged is there. A replica takes over within about four seconds; requests wait for it.",
    "Bring it back:",
    `  ${program} ${primary?.folder ?? ""}/redis.conf --daemonize yes`,
    "See how it is:",
    `  npm run kv -- cluster status --node ${one?.name ?? ""}`,
    "",
    "ctrl-C stops all of it.",
  ].join("\n");
}

/** A primary and those that copy it; nothing for a replica. */
function shardLines(servers: Tour["servers"], place: number): readonly string[] {
  const primary = servers[place];
  if (primary === undefined || primary.copyOf !== undefined) return [];
  const head = `  primary  ${primary.address.padEnd(16)}  pid ${primary.pid}`;
  const copies = servers
    .filter(({ copyOf }) => copyOf === place)
    .map(({ address, pid }) => `    replica  ${address.padEnd(16)}  pid ${pid}`);
  return [head, ...copies];
}
