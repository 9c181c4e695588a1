/** What a logger writes to: `process.stdout`, `process.stderr`, or anything of that shape. */
export interface LogStream {
  /** A terminal: then a person reads along. */
  readonly isTTY?: boolean | undefined;
  /** Whether it shows colours; a terminal of Node's says no when NO_COLOR is set. */
  hasColors?(): boolean;
  /** Bytes that were written and that nobody has taken yet. */
  readonly writableLength: number;
  /** Calls back when the text has left the process, or cannot. */
  write(text: string, done?: (error?: Error | null) => void): boolean;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}
