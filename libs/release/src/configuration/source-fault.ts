/** What is wrong with a source file, in one line, and where. */
export class SourceFault extends Error {
  override readonly name = "SourceFault";
  /** Counted from 1; `undefined` where nobody knows. */
  readonly line: number | undefined;

  constructor(message: string, line: number | undefined, options?: ErrorOptions) {
    super(message, options);
    this.line = line;
  }
}

/** The line of the character at `offset`. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
