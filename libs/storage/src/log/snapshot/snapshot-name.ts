/** The index snapshot that the next start begins with. */
export const SNAPSHOT_NAME = "SNAPSHOT";

/** Where a snapshot is written before it gets its name. */
export const UNFINISHED_SNAPSHOT_NAME = "SNAPSHOT.new";
