import type { Timing } from "../timing.ts";

/** Certificates, in PEM. */
export interface LinkTls {
  /** Of who signed the servers' certificates; the system's authorities where it is not given. */
  readonly ca?: string;
  /** Ours, where the servers ask for one; with its key. */
  readonly cert?: string;
  readonly key?: string;
}

/** How every connection to a server of the cluster is made. */
export interface LinkOptions {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: LinkTls;
  /** Until a connection is there and has said who it is. */
  readonly connectTimeoutMs: number;
  readonly timing: Timing;
}
