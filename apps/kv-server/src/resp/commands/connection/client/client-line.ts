import type { Conversation } from "../../../conversation.ts";

/** Whom those are who have not logged in, where nobody has to. */
const defaultUser = "default";

/** The name of who has logged in on this connection. */
export function userOf({ client }: Conversation): string {
  return client.user ?? defaultUser;
}

/**
 * One connection as CLIENT LIST shows it, with a line feed: `name=value`, separated by spaces. The fields that Redis has
 * beside these, all about its buffers and descriptors, have no counterpart here.
 */
export function clientLine(conversation: Conversation): string {
  const { client, door, latest, name, libraryName, libraryVersion, version } = conversation;
  const nowMs = door.clock();
  const fields = {
    id: client.id,
    addr: client.peer,
    laddr: client.local,
    name,
    age: seconds(nowMs - client.acceptedAtMs),
    idle: seconds(nowMs - client.activeAtMs),
    flags: "N",
    db: 0,
    sub: 0,
    psub: 0,
    ssub: 0,
    multi: -1,
    events: "r",
    cmd: latest?.name.toLowerCase() ?? "NULL",
    user: userOf(conversation),
    redir: -1,
    resp: version,
    "lib-name": libraryName,
    "lib-ver": libraryVersion,
  };
  const words = Object.entries(fields).map(([field, value]) => `${field}=${value}`);
  return `${words.join(" ")}\n`;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
