import { join } from "node:path";

/** The root of the checkout these tests belong to. */
export const checkout = join(import.meta.dirname, "..", "..");

/** Where the nodes that tests start keep compiled code between runs; without it each start costs three times as much. */
export const compileCache = join(checkout, "node_modules", ".cache", "kv-compile");
