/**
 * A line of CLUSTER NODES and of CLUSTER REPLICAS:
 *
 *     id ip:port@busport[,hostname] flag,flag primary|- ping-sent pong-received config-epoch link-state slot slot-slot [slot->-id] …
 *
 * An open slot in brackets is on its way to or from another node and says nothing of who has it.
 */
export interface NodeLine {
  /** 40 hexadecimal digits. */
  readonly id: string;
  /** `host:port`, by which it is connected to. */
  readonly address: string;
  readonly isPrimary: boolean;
  /** Whether this is the node that was asked. */
  readonly isMyself: boolean;
  /** The majority of the primaries agreed that it is gone (`fail`). */
  readonly isFailed: boolean;
  /** The node that was asked does not reach it (`fail?`); nothing follows from that alone. */
  readonly isSuspected: boolean;
  /** The id of the primary that it is a copy of. */
  readonly primary: string | undefined;
  readonly configEpoch: number;
  readonly slots: readonly SlotRange[];
  /** Slots that are on their way to or from it; only the node that was asked tells of its own. */
  readonly moving: readonly number[];
  /** Those that are on their way to it, with the id of the primary that they come from. */
  readonly importing: readonly ImportedSlot[];
}

/** A slot that a primary takes over, key by key, from another. */
export interface ImportedSlot {
  readonly slot: number;
  /** An id. */
  readonly from: string;
}

/** Slots from `first` to `last`, both included. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
}

const IMPORTING = /^\[(?<slot>\d+)-<-(?<from>\w+)\]$/u;
const MOVING = /^\[(?<slot>\d+)-[<>]-/u;
const RANGE = /^(?<first>\d+)(?:-(?<last>\d+))?$/u;

/** Reads what CLUSTER NODES answered. `askedHost` stands in where a node does not know its own address yet. */
export function parseNodes(text: string, askedHost: string): readonly NodeLine[] {
  return text
    .split("\n")
    .filter((line) => line.length > 0)
    .map((line) => parseNode(line, askedHost));
}

/** Reads one line of it; missing words read as nothing. */
export function parseNode(line: string, askedHost: string): NodeLine {
  const [id = "", place = "", flagWords = "", primary = "-", , , epoch = "0", , ...slots] =
    line.split(" ");
  const flags = flagWords.split(",");
  return {
    id,
    address: addressOf(place, askedHost),
    isPrimary: flags.includes("master"),
    isMyself: flags.includes("myself"),
    isFailed: flags.includes("fail"),
    isSuspected: flags.includes("fail?"),
    primary: primary === "-" ? undefined : primary,
    configEpoch: Number(epoch),
    slots: slots.flatMap((word) => rangeOf(word)),
    moving: slots.flatMap((word) => {
      const slot = MOVING.exec(word)?.groups?.["slot"];
      return slot === undefined ? [] : [Number(slot)];
    }),
    importing: slots.flatMap((word) => {
      const { slot, from } = IMPORTING.exec(word)?.groups ?? {};
      return slot === undefined || from === undefined ? [] : [{ slot: Number(slot), from }];
    }),
  };
}

function rangeOf(word: string): readonly SlotRange[] {
  const groups = RANGE.exec(word)?.groups;
  if (groups === undefined) return [];
  const first = Number(groups["first"]);
  return [{ first, last: groups["last"] === undefined ? first : Number(groups["last"]) }];
}

function addressOf(place: string, askedHost: string): string {
  const withoutBus = place.split("@", 1)[0] ?? "";
  const { host, port } = splitAddress(withoutBus);
  return joinAddress(host === "" ? askedHost : host, port);
}

/** Takes `host:port` apart at its last colon, so that an IPv6 address is one host. Brackets around it are dropped. */
export function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, Math.max(colon, 0)).replace(/^\[(?<inner>.*)\]$/u, "$<inner>");
  return { host, port: Number(address.slice(colon + 1)) };
}

/** One way to write a host and a port: an IPv4 address in IPv6 form is the IPv4 address. */
export function joinAddress(host: string, port: number): string {
  if (!host.startsWith(":")) return `${host}:${port}`;
  return `${host.replace(/^::ffff:(?=\d+\.)/iu, "")}:${port}`;
}
