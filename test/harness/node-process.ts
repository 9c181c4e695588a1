import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { checkout, compileCache } from "./checkout.ts";
import { patienceMs, within } from "./deadline.ts";
import { guardProcess, pidOf } from "./process-guard.ts";

/** How a process ended: by its own exit code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a node is started with; everything else is as the checkout ships it. */
export interface NodeOptions {
  readonly dataDirectory: string;
  /** Variables beside or instead of the usual ones: `PORT=0`, `KV_ENV=test`. `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A folder with config.ts and runtime.ts instead of the shipped ones. */
  readonly configDirectory?: string | undefined;
  /** The words of what is run in place of `node tools/start.ts`: a release's `bin/foo start`. */
  readonly program?: readonly string[] | undefined;
  /** What is typed behind it: `--name foo`. */
  readonly words?: readonly string[] | undefined;
  /** Blocks, of 512 bytes or 1 KiB as the shell counts them, that a file of the node's may have: a disk that fills up. */
  readonly fileLimitBlocks?: number | undefined;
  /** The words of a command that becomes the one that is written behind them: where the node runs, and as whom. */
  readonly launcher?: readonly string[] | undefined;
}

const PORT_LINE = /Accepting connections on port (?<port>\d+)\D/u;
const RESP_PORT_LINE = /Accepting RESP connections on port (?<port>\d+)\D/u;

/**
 * A node as a person runs it: `node tools/start.ts` in a process of its own. It is gone, by its process id, once this
 * is disposed of, however the test went.
 */
export class NodeProcess implements AsyncDisposable {
  readonly pid: number;
  /** Resolves when the process is gone and all it printed has been read. */
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #accepting = Promise.withResolvers<number>();
  #stdout = "";
  #stderr = "";
  #news = Promise.withResolvers<void>();

  /** Starts a node and waits until it accepts connections; its port is then `port`. */
  static async start(options: NodeOptions): Promise<NodeProcess & { readonly port: number }> {
    const node = NodeProcess.spawn(options);
    try {
      return Object.assign(node, { port: await node.accepting() });
    } catch (error) {
      await node[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts a node that may well refuse to run. */
  static spawn(options: NodeOptions): NodeProcess {
    const entry = join(checkout, "tools", "start.ts");
    const { configDirectory, words: typed = [], program: started } = options;
    const config = configDirectory === undefined ? [] : ["--config", configDirectory];
    const start = started ?? [process.execPath, entry];
    const command = limited(options, [...start, ...config, ...typed]);
    const [program, ...words] = [...(options.launcher ?? []), ...command];
    const child = spawn(program ?? process.execPath, words, {
      cwd: checkout,
      env: environmentOf(options),
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new NodeProcess(child);
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = pidOf(child);
    const unguard = guardProcess(this.pid);
    this.exited = new Promise((resolve) => {
      child.once("close", (code, signal) => {
        unguard();
        this.#accepting.reject(new Error(`The node did not start.\n${this.#describe()}`));
        resolve({ code, signal });
      });
    });
    this.#accepting.promise.catch(() => undefined);
    child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#readStdout(text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Whether the process has not ended yet. */
  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The port at which RESP is spoken, once it is. */
  async acceptingResp(): Promise<number> {
    const { groups } = await this.logged(RESP_PORT_LINE);
    return Number(groups?.["port"]);
  }

  /** The port of the line protocol, once it accepts connections. */
  accepting(): Promise<number> {
    return within(this.#accepting.promise, () => `a listening node\n${this.#describe()}`);
  }

  /**
   * Resolves with what `pattern` found, as soon as the node has logged it; with `from`, a length that `stdout` had, only
   * what was logged since then counts.
   */
  async logged(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#stdout.slice(from));
      if (found !== null) return found;
      await within(this.#news.promise, () => `the log to say ${pattern}\n${this.#describe()}`);
    }
  }

  /** Sends `signal` and goes on at once. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The exit, however long the node takes within `limitMs`. */
  exit(limitMs = patienceMs): Promise<Exit> {
    return within(this.exited, () => `the node to end\n${this.#describe()}`, limitMs);
  }

  /** Stops the node in order. */
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Exit> {
    this.signal(signal);
    return this.exit();
  }

  /** kill -9. */
  kill(): Promise<Exit> {
    return this.stop("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) await this.kill();
  }

  #readStdout(text: string): void {
    this.#stdout += text;
    const port = PORT_LINE.exec(this.#stdout)?.groups?.["port"];
    if (port !== undefined) this.#accepting.resolve(Number(port));
    const news = this.#news;
    this.#news = Promise.withResolvers();
    news.resolve();
  }

  #describe(): string {
    return `exit code ${this.#child.exitCode}, signal ${this.#child.signalCode}\nstdout: ${this.#stdout}\nstderr: ${this.#stderr}`;
  }
}

/** `command`, behind a shell that sets the limit and then becomes the command. */
function limited({ fileLimitBlocks }: NodeOptions, command: readonly string[]): readonly string[] {
  if (fileLimitBlocks === undefined) return command;
  return ["sh", "-c", `ulimit -f ${fileLimitBlocks} && exec "$@"`, "sh", ...command];
}

/** The cookie of the nodes of tests. */
export const testCookie = "cookie of the tests";

/** Where nodes with this data directory have their control sockets: beside it. */
export function runtimeDirectoryOf(dataDirectory: string): string {
  return `${dataDirectory}.run`;
}

/** This process's environment without what would steer the node, then the test's own; also for those who talk to it. */
export function environmentOf({
  dataDirectory,
  env,
}: Pick<NodeOptions, "dataDirectory" | "env">): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(?:KV_.*|RELEASE_.*|PORT|RESP_PORT|NO_COLOR|FORCE_COLOR|NODE_TEST_CONTEXT)$/u.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    KV_ENV: "test",
    PORT: "0",
    KV_DATA_DIR: dataDirectory,
    // Nothing of a test is to lie in the home of whoever runs it.
    XDG_RUNTIME_DIR: runtimeDirectoryOf(dataDirectory),
    RELEASE_COOKIE: testCookie,
    NODE_COMPILE_CACHE: compileCache,
    ...env,
  };
}
