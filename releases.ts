// Which applications make which release: `npm run release -- foo`. docs/releases.md has all that may be said here.

import type { Releases } from "@kv/release";

export const releases: Releases = {
  /** Talks to clients, and stores the buckets that the routing table gives it. */
  foo: { applications: { "kv-server": "permanent", kv: "permanent" } },
  /** Stores buckets; other nodes ask it for them. */
  bar: { applications: { kv: "permanent" } },
  /** Talks to clients, and asks others for every bucket: config/runtime.ts has it store nothing. */
  front: { applications: { "kv-server": "permanent", kv: "permanent" } },
};
