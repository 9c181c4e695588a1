// Which applications make which release: `npm run release -- foo`. docs/releases.md has all that may be said here.

import type { ReleaseProof, Releases } from "@kv/release";

export const releases: Releases = {
  /** Talks to clients, and stores the buckets that the routing table gives it. */
  foo: {
    applications: { "kv-server": "permanent", kv: "permanent" },
    proof: storingIn("apples"),
  },
  /** Stores buckets; other nodes ask it for them. */
  bar: {
    applications: { kv: "permanent" },
    proof: storingIn("pears"),
  },
  /** Talks to clients, and asks others for every bucket: config/runtime.ts has it store nothing. */
  front: { applications: { "kv-server": "permanent", kv: "permanent" } },
};

/** What `--prove` asks of a node that stores: a bucket that the table of config/runtime.ts gives it. */
function storingIn(bucket: string): ReleaseProof {
  return {
    ask: async (run) => {
      await run("kv", "put", bucket, "key", "value", "--create");
      const got = await run("kv", "get", bucket, "key");
      if (got !== "value\n") throw new Error(`"value" was put, and ${JSON.stringify(got)} was got`);
    },
  };
}
