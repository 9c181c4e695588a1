import type { Conversation } from "../../conversation.ts";
import { storeFigures } from "./store-figures.ts";

type Setting = (conversation: Conversation) => string;

/** Redis' settings that mean something here, or that clients ask for, with what is true of this node. */
export const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  Object.entries({
    appendfsync: ({ door }) => appendfsyncOf(storeFigures(door.kv)["sync"]),
    appendonly: ({ door }) => yesOrNo("logBytes" in storeFigures(door.kv)),
    bind: ({ door }) => door.environment.host,
    databases: () => "1",
    maxclients: ({ door }) => String(door.environment.connectionLimit),
    maxmemory: () => "0",
    "maxmemory-policy": () => "noeviction",
    port: ({ client }) => client.local.slice(client.local.lastIndexOf(":") + 1),
    "proto-max-bulk-len": ({ door }) => String(door.environment.valueLimitBytes),
    save: () => "",
    timeout: ({ door }) => String(Math.ceil(door.environment.idleTimeoutMs / 1000)),
  } satisfies Record<string, Setting>),
);

/** When the log is synced, in Redis' words; without a log, as with `never`, it is nobody's doing. */
function appendfsyncOf(sync: unknown): string {
  return sync === "always" || sync === "everysec" ? sync : "no";
}

function yesOrNo(is: boolean): string {
  return is ? "yes" : "no";
}
