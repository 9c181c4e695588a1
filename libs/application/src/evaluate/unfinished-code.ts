/** What V8 says of code that ends too early, and would be code if it went on. */
const UNFINISHED = [
  "Unexpected end of input",
  "Unterminated template literal",
  "missing ) after argument list",
  "missing } in template expression",
  "Unterminated regular expression: missing /",
];

/** Whether a syntax error with this message may be mended by further lines. */
export function isUnfinished(message: string): boolean {
  return UNFINISHED.some((said) => message.startsWith(said));
}
