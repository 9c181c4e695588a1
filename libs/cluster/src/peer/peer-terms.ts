import type { Identity } from "../handshake/identity.ts";
import type { DownReason } from "../link/down-reason.ts";
import type { Link, LinkTerms } from "../link/link.ts";
import type { OutboxTerms } from "../link/outbox.ts";
import type { Network, Place } from "../network/network.ts";
import type { NodeName } from "../node-name.ts";
import type { Refusal } from "../refusal.ts";

/** What a node has to say of its peers. */
export interface PeerNews {
  up(link: Link): void;
  down(node: NodeName, why: DownReason): void;
  unreachable(node: NodeName, reason: string): void;
  refused(node: string, refusal: Refusal): void;
}

/** What the peers of a node share. */
export interface PeerTerms extends LinkTerms, OutboxTerms {
  readonly identity: Identity;
  readonly network: Network;
  /** Where a node is, or why that is not known. */
  readonly placeOf: (node: NodeName) => Place | string;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly news: PeerNews;
}
