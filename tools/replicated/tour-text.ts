/** What runs, for whoever wants to try it. */
export interface Tour {
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

/** What runs where, and how to break it. */
export function describeTour({ nodes, servers }: Tour): string {
  const [one, two] = nodes;
  const [primary] = servers;
  return [
    "",
    "Servers, which hold the data:",
    ...servers
      .entries()
      .filter(([, { copyOf }]) => copyOf === undefined)
      .flatMap(([place, { address, pid }]) => [
        `  primary  ${address.padEnd(16)}  pid ${pid}`,
        ...servers
          .filter(({ copyOf }) => copyOf === place)
          .map((copy) => `    replica  ${copy.address.padEnd(16)}  pid ${copy.pid}`),
      ]),
    "KV nodes, each of which serves every bucket:",
    ...nodes.map(
      ({ name, pid, port, respPort }) => `  ${name}  port ${port}, RESP ${respPort}  pid ${pid}`,
    ),
    "",
    "Write through one, read through the other:",
    `  printf 'CREATE shopping\\r\\nPUT shopping milk 1\\r\\n' | nc -q1 127.0.0.1 ${one?.port ?? ""}`,
    `  redis-cli -p ${two?.respPort ?? ""} HGET shopping milk`,
    "Break it: a primary, for good or for a while",
    `  kill -9 ${primary?.pid ?? ""}`,
    `  kill -STOP ${primary?.pid ?? ""}; sleep 8; kill -CONT ${primary?.pid ?? ""}`,
    "and go on: what was acknowledged is there. A replica takes over within about four seconds; requests wait for it.",
    "Bring it back:",
    `  redis-server ${primary?.folder ?? ""}/redis.conf --daemonize yes`,
    "See how it is:",
    `  redis-cli -p ${primary?.address.split(":").at(-1) ?? ""} CLUSTER NODES`,
    "",
    "ctrl-C stops all of it.",
  ].join("\n");
}
