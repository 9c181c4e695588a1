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

const REPLICA = /^slave\d+$/u;

/** Reads the text of INFO replication: a `name:value` a line; what is not there reads as nothing. */
export function parseReplication(text: string): ReplicationReport {
  const values = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon !== -1) values.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const replicas: ReplicaReport[] = [];
  for (const [name, value] of values) if (REPLICA.test(name)) replicas.push(replicaOf(value));
  return {
    isPrimary: values.get("role") === "master",
    history: values.get("master_replid") ?? "",
    offset: Number(values.get("master_repl_offset") ?? -1),
    replicas,
  };
}

/** `ip=127.0.0.1,port=7505,state=online,offset=14,lag=0`, with more of the kind in later releases. */
function replicaOf(text: string): ReplicaReport {
  const fields = new Map<string, string>();
  for (const field of text.split(",")) {
    const equals = field.indexOf("=");
    fields.set(field.slice(0, equals), field.slice(equals + 1));
  }
  return {
    address: joinAddress(fields.get("ip") ?? "", Number(fields.get("port") ?? 0)),
    isOnline: fields.get("state") === "online",
    offset: Number(fields.get("offset") ?? -1),
  };
}
