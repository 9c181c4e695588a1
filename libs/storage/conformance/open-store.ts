import type { Clock, Store } from "../src/index.ts";

/** Opens a fresh, empty store each time it is called. */
export type OpenStore = (options: { readonly clock: Clock }) => Promise<Store>;
