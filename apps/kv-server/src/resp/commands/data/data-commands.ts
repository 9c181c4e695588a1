import type { CommandRow } from "../../command-row.ts";
import { bucketCommands } from "./bucket-commands.ts";
import { hashReads } from "./hash-reads.ts";
import { hashWrites } from "./hash-writes.ts";

/** Every command that reads or writes buckets and keys. */
export const dataCommands: readonly CommandRow[] = [...hashWrites, ...hashReads, ...bucketCommands];
