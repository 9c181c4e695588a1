import { parseAst } from "rolldown/parseAst";
import { lineAt, SourceFault } from "./source-fault.ts";

/** The syntax tree of a JavaScript module. An error of syntax is a `SourceFault`. */
export function parseModule(text: string): ReturnType<typeof parseAst> {
  try {
    return parseAst(text, { sourceType: "module" });
  } catch (error) {
    if (!(error instanceof Error && "pos" in error)) throw error;
    // Its headline only counts.
    const [, reason = error.message] = error.message.split("\n");
    const line = typeof error.pos === "number" ? lineAt(text, error.pos) : undefined;
    throw new SourceFault(reason, line, { cause: error });
  }
}
