import type { AnyApplication, NodeNameKey } from "../application.ts";
import type { LiveSystem } from "../system/live-system.ts";

/** What a node is called: as an application's environment says, or as it was started. */
export type NodeNaming =
  | (NodeNameKey & { readonly application: string })
  | { readonly startedAs: string };

/** The naming of nodes that run `applications`; `startedAs` is the name of one where none of them has a say. */
export function namingOf(applications: readonly AnyApplication[], startedAs: string): NodeNaming {
  for (const { name: application, nodeName } of applications) {
    if (nodeName !== undefined) return { application, ...nodeName };
  }
  return { startedAs };
}

/** The name of the node that is configured so. */
export function nodeNameIn(naming: NodeNaming, system: Pick<LiveSystem, "getEnv">): string {
  if ("startedAs" in naming) return naming.startedAs;
  const { application, key, nameOf } = naming;
  const written = system.getEnv(application, key);
  const name = typeof written === "string" ? nameOf(written) : undefined;
  if (name === undefined) throw new Error(`${application}.${key} names no node`);
  return name;
}

/** The node that an operator means by `text`; `undefined` when no node can be called so. */
export function nodeNamed(naming: NodeNaming, text: string): string | undefined {
  if (!("startedAs" in naming)) return naming.nameOf(text);
  return /^[\w.@-]+$/u.test(text) ? text : undefined;
}
