import { joinAddress } from "../topology/node-line.ts";

/** What a server says of its replication: INFO replication. */
export interface ReplicationReport {
  readonly isPrimary: boolean;
  /** The name of the history that `offset` counts: another one after every election and every full copy. */
  readonly history: string;
  /** Bytes of that history that this server has made, or has. */
  readonly offset: number;
  readonly replicas: readonly ReplicaReport[];
}

/** What a primary says of one that copies it. */
export interface ReplicaReport {
  readonly address: string;
  /** Whether it has the whole history and follows; not so while it is still given its first copy. */
  readonly isOnline: boolean;
  /** Bytes of the primary's history that it said it has. */
  readonly offset: number;
}

/** Reads the text of INFO replication: a `name:value` a line; what is not there reads as nothing. Read twice for each batch of writes. */
export function parseReplication(text: string): ReplicationReport {
  const replicas: ReplicaReport[] = [];
  // Numbered from 0 without a gap.
  for (let at = 0; ; at += 1) {
    const line = valueOf(text, `slave${at}`);
    if (line === undefined) break;
    replicas.push(replicaOf(line));
  }
  return {
    isPrimary: valueOf(text, "role") === "master",
    history: valueOf(text, "master_replid") ?? "",
    offset: Number(valueOf(text, "master_repl_offset") ?? -1),
    replicas,
  };
}

/** What stands behind `name:` at the beginning of a line. */
function valueOf(text: string, name: string): string | undefined {
  const before = `\r\n${name}:`;
  const at = text.indexOf(before);
  if (at === -1) return undefined;
  const start = at + before.length;
  const end = text.indexOf("\r\n", start);
  return text.slice(start, end === -1 ? text.length : end);
}

/** `ip=127.0.0.1,port=7505,state=online,offset=14,lag=0`, with more of the kind in later releases. */
function replicaOf(line: string): ReplicaReport {
  const fields = `,${line},`;
  return {
    address: joinAddress(fieldOf(fields, "ip"), Number(fieldOf(fields, "port"))),
    isOnline: fieldOf(fields, "state") === "online",
    offset: Number(fieldOf(fields, "offset") || -1),
  };
}

function fieldOf(fields: string, name: string): string {
  const before = `,${name}=`;
  const at = fields.indexOf(before);
  return at === -1 ? "" : fields.slice(at + before.length, fields.indexOf(",", at + 1));
}
