import { relative, resolve, sep } from "node:path";

/** A source map as the bundler makes it: `sources` are relative to the project, or absolute. */
export interface SourceMap {
  readonly sources: readonly string[];
}

/** A source map as text, which names no folder of the machine that made it: all files relative to the project. */
export function portableMap(map: SourceMap, root: string): string {
  const sources = map.sources.map((source) =>
    relative(root, resolve(root, source)).replaceAll(sep, "/"),
  );
  return JSON.stringify({ ...map, sources });
}
