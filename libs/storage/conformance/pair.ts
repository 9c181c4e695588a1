import type { Store } from "../src/index.ts";
import type { Model } from "./model.ts";

/** A store under test and the model it has to agree with. */
export interface Pair {
  readonly store: Store;
  readonly model: Model;
}
