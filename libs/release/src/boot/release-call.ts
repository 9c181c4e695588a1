import type { ReleasePlace } from "./release-place.ts";
import type { ReleaseSystem } from "./release-system.ts";

/** One run of `bin/NAME`. */
export interface ReleaseCall {
  readonly process: NodeJS.Process;
  readonly place: ReleasePlace;
  readonly system: ReleaseSystem;
  /** Behind the command. */
  readonly words: readonly string[];
}
