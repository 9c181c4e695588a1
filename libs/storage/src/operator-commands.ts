/** How an operator reads a store that is damaged, for messages that send him there. DIR is the store's directory. */
export const CHECK_COMMAND = "npm run kv -- check DIR";

/** How he saves what can be read of it. */
export const SALVAGE_COMMAND = "npm run kv -- salvage DIR NEWDIR";
