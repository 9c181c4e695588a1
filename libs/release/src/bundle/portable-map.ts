import { relative, resolve, sep } from "node:path";

/** A source map as the bundler makes it: `sources` are relative to the project, or absolute. */
export interface SourceMap {
  readonly sources: readonly string[];
  /** The texts of the sources, in their order. */
  readonly sourcesContent?: readonly (string | null)[] | undefined;
}

/** A source map as text, which names no folder of the machine that made it: all files relative to the project. */
export function portableMap(map: SourceMap, root: string): string {
  const sources = map.sources.map((source) =>
    relative(root, resolve(root, source)).replaceAll(sep, "/"),
  );
  // What was generated for this assembly names its folder, and is in no file that somebody could look at.
  const sourcesContent = map.sourcesContent?.map((text) => (text?.includes(root) ? null : text));
  return JSON.stringify({ ...map, sources, sourcesContent });
}
