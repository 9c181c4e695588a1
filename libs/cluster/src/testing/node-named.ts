import { type NodeName, parseCompleteName } from "../node-name.ts";

/** A name that is known to be one. */
export function nodeNamed(text: string): NodeName {
  const node = parseCompleteName(text);
  if (node === undefined) throw new RangeError(`"${text}" is no complete node name`);
  return node;
}
