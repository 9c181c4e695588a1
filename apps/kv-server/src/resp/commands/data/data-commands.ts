import type { CommandRow } from "../../command-row.ts";
import { bucketCommands } from "./bucket-commands.ts";
import { bucketExpiry } from "./bucket-expiry.ts";
import { hashReads } from "./hash-reads.ts";
import { hashWrites } from "./hash-writes.ts";
import { keyExpiry } from "./key-expiry.ts";
import { ownCommands } from "./own-commands.ts";
import { scans } from "./scans.ts";
import { wholeHash } from "./whole-hash.ts";

/** Every command that reads or writes buckets and keys. */
export const dataCommands: readonly CommandRow[] = [
  ...hashWrites,
  ...hashReads,
  ...wholeHash,
  ...scans,
  ...bucketCommands,
  ...bucketExpiry,
  ...keyExpiry,
  ...ownCommands,
];
