import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * The folder that everything of one run lies in, and the processes that work there. When it is disposed of the processes
 * are killed, each by its id, and then the folder goes: after the last experiment, after a failure, at ctrl-C.
 */
export class Workplace implements AsyncDisposable {
  readonly #path: string;
  readonly #children = new Set<ChildProcess>();
  #folders = 0;
  #ending: Promise<void> | undefined;

  /** Makes a folder of its own in `parent`. */
  static async open(parent: string): Promise<Workplace> {
    await mkdir(parent, { recursive: true });
    return new Workplace(await mkdtemp(join(parent, "kv-bench-")));
  }

  private constructor(path: string) {
    this.#path = path;
    process.on("exit", this.#abandon);
  }

  /** Whether it is being disposed of: whatever fails from now on fails because of that. */
  get isEnding(): boolean {
    return this.#ending !== undefined;
  }

  /** A path that nothing is at, whose name begins with `name`. */
  newPath(name: string): string {
    this.#folders += 1;
    return join(this.#path, `${name}-${this.#folders}`);
  }

  /** The processes that work here now. */
  get pids(): readonly number[] {
    return [...this.#children].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Has `child` killed at the latest when this is disposed of. */
  adopt(child: ChildProcess): void {
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    if (this.isEnding) child.kill("SIGKILL");
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const gone = [...this.#children].map((child) => once(child, "exit"));
    this.#killAll();
    await Promise.all(gone);
    await rm(this.#path, { recursive: true, force: true, maxRetries: 3 });
    process.off("exit", this.#abandon);
  }

  /** The last line of defence, should this process end on its own. */
  readonly #abandon = (): void => {
    this.#killAll();
    rmSync(this.#path, { recursive: true, force: true, maxRetries: 3 });
  };

  #killAll(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }
}

/** Kills `child` and resolves when it is gone. */
export async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
