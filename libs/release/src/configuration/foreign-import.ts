import { isBuiltin } from "node:module";
import { Visitor, type VisitorObject } from "rolldown/utils";
import { parseModule } from "./parse-module.ts";

/** An import of something that Node does not have. */
export interface ForeignImport {
  /** As it was written. */
  readonly from: string;
  /** Where, as an offset into the text. */
  readonly offset: number;
}

/** The first import of a JavaScript module that needs more than Node: also by `export … from`, and by `import()`. */
export function foreignImport(text: string): ForeignImport | undefined {
  const found: ForeignImport[] = [];
  const take = (source: Source | null): void => {
    if (source === null || (typeof source.value === "string" && isBuiltin(source.value))) return;
    found.push({ from: text.slice(source.start, source.end), offset: source.start });
  };
  const visits: VisitorObject = {
    ImportDeclaration: ({ source }) => take(source),
    ExportAllDeclaration: ({ source }) => take(source),
    ExportNamedDeclaration: ({ source }) => take(source),
    ImportExpression: ({ source }) => take(source),
  };
  new Visitor(visits).visit(parseModule(text));
  return found.toSorted((a, b) => a.offset - b.offset)[0];
}

/** What an import names: a literal, or what will become its name. */
interface Source {
  readonly value?: unknown;
  readonly start: number;
  readonly end: number;
}
