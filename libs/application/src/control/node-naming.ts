import type { LiveSystem } from "../system/live-system.ts";

/** Where a node's name is configured. */
export interface NodeNaming {
  readonly application: string;
  readonly key: string;
  /** What a node that is written so goes by among the nodes of this host; `undefined` when `text` names none. */
  readonly nameOf: (text: string) => string | undefined;
}

/** The name of the node that is configured so. */
export function nodeNameIn(
  { application, key, nameOf }: NodeNaming,
  system: Pick<LiveSystem, "getEnv">,
): string {
  const written = system.getEnv(application, key);
  const name = typeof written === "string" ? nameOf(written) : undefined;
  if (name === undefined) throw new Error(`${application}.${key} names no node`);
  return name;
}
