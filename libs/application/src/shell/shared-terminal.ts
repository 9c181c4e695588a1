import { clearScreenDown, cursorTo, type Interface, moveCursor } from "node:readline";
import type { WriteStream } from "node:tty";
import type { LogStream } from "../logger/log-stream.ts";

/**
 * The output of a process, for more than one who writes: while a shell waits there for a line, what others write stands above
 * its prompt, and the prompt and what was typed behind it below.
 */
export class SharedTerminal {
  readonly stdout: LogStream;
  readonly stderr: LogStream;
  readonly #terminal: WriteStream;
  #waiting: Interface | undefined;

  /** `stdout` is where a shell has its prompt, if it is a terminal. */
  constructor({ stdout, stderr }: { readonly stdout: WriteStream; readonly stderr: WriteStream }) {
    this.#terminal = stdout;
    this.stdout = this.#shared(stdout);
    // Elsewhere it disturbs no prompt.
    this.stderr = stderr.isTTY ? this.#shared(stderr) : stderr;
  }

  /** `shell` shows its prompt and waits for a line, or with `undefined` no shell does. */
  set waiting(shell: Interface | undefined) {
    this.#waiting = shell;
  }

  #shared(stream: WriteStream): LogStream {
    return {
      isTTY: stream.isTTY,
      hasColors: () => stream.isTTY && stream.hasColors(),
      get writableLength() {
        return stream.writableLength;
      },
      write: (text, done) => {
        if (text === "" || this.#waiting === undefined) return stream.write(text, done);
        // A line without its end would be written over.
        const line = text.endsWith("\n") ? text : `${text}\n`;
        return this.#above(this.#waiting, () => stream.write(line, done));
      },
      on: (event, listener) => stream.on(event, listener),
      off: (event, listener) => stream.off(event, listener),
    };
  }

  #above(shell: Interface, write: () => boolean): boolean {
    const { rows } = shell.getCursorPos();
    moveCursor(this.#terminal, 0, -rows);
    cursorTo(this.#terminal, 0);
    clearScreenDown(this.#terminal);
    const hasRoom = write();
    // The shell goes up by as many rows as it thinks that the cursor is below its prompt.
    this.#terminal.write("\n".repeat(rows));
    shell.prompt(true);
    return hasRoom;
  }
}
