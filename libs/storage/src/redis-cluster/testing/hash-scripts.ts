import { createHash } from "node:crypto";
import type { Script } from "../cluster/cluster.ts";

function scriptOf(source: string): Script {
  return { source, digest: createHash("sha1").update(source).digest("hex") };
}

/** Sets the field to the value. */
export const setScript: Script = scriptOf("redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) return 1");

/** What the field is. */
export const getScript: Script = scriptOf("return redis.call('HGET', KEYS[1], ARGV[1])");
