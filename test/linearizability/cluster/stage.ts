import { patienceMs } from "../../harness/deadline.ts";
import { type NodeHome, openNodeHome } from "../../harness/node-home.ts";
import type { NodeProcess } from "../../harness/node-process.ts";
import { type Operated, startOperator } from "../../harness/operator.ts";
import type { Setting } from "../../harness/write-config.ts";
import type { Speech } from "./request.ts";

/** A node, as far as it is there. */
interface Place {
  process?: NodeProcess;
  ports?: Readonly<Record<Speech<unknown>["name"], number>>;
  isFrozen: boolean;
}

/** What the nodes are started with. */
export interface StageOptions {
  readonly names: readonly string[];
  readonly table: string;
  readonly callTimeoutMs: number;
}

/** Nodes of one machine, each with both doors open, that are killed, frozen and stopped, and started again on their data. */
export class Stage implements AsyncDisposable {
  readonly names: readonly string[];
  readonly #home: NodeHome;
  readonly #table: string;
  readonly #settings: readonly Setting[];
  readonly #places: ReadonlyMap<string, Place>;

  /** Starts all nodes. */
  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage(await openNodeHome(), options);
    try {
      await Promise.all(stage.names.map((name) => stage.start(name)));
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
    return stage;
  }

  private constructor(home: NodeHome, { names, table, callTimeoutMs }: StageOptions) {
    this.#home = home;
    this.names = names;
    this.#table = table;
    this.#settings = [{ application: "kv", path: ["callTimeoutMs"], value: callTimeoutMs }];
    this.#places = new Map(names.map((name) => [name, { isFrozen: false }]));
  }

  /** Where a node is reached, `undefined` while it is not there. A frozen one is there. */
  portOf(name: string, protocol: Speech<unknown>["name"]): number | undefined {
    return this.#place(name).ports?.[protocol];
  }

  /** Whether a node runs and is not frozen. */
  isWell(name: string): boolean {
    const { ports, isFrozen } = this.#place(name);
    return ports !== undefined && !isFrozen;
  }

  async start(name: string): Promise<void> {
    const place = this.#place(name);
    const node = await this.#home.spawn({
      words: ["--name", name],
      env: { KV_ROUTING_TABLE: this.#table },
      settings: this.#settings,
    });
    place.process = node;
    place.ports = { line: await node.accepting(), RESP: await node.acceptingResp() };
    await node.logged(/Started logger, kv, kv-server, control/u);
  }

  /** kill -9. */
  async kill(name: string): Promise<void> {
    await this.#end(name).kill();
  }

  /** In order. */
  async stop(name: string): Promise<void> {
    const { code } = await this.#end(name).stop();
    if (code !== 0) throw new Error(`${name} did not stop in order: exit code ${code}`);
  }

  freeze(name: string): void {
    const place = this.#place(name);
    place.isFrozen = true;
    place.process?.signal("SIGSTOP");
  }

  thaw(name: string): void {
    const place = this.#place(name);
    place.process?.signal("SIGCONT");
    place.isFrozen = false;
  }

  /** `npm run kv -- …words` at one node, which may be away or frozen: then the command is ended, and has no exit code. */
  async operate(name: string, words: readonly string[]): Promise<Operated> {
    const { dataDirectory } = this.#home;
    const { child, done } = startOperator([...words, "--node", name], { dataDirectory });
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    try {
      return await done;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#home[Symbol.asyncDispose]();
  }

  #end(name: string): NodeProcess {
    const place = this.#place(name);
    const { process } = place;
    if (process === undefined) throw new Error(`${name} does not run`);
    delete place.ports;
    delete place.process;
    return process;
  }

  #place(name: string): Place {
    const place = this.#places.get(name);
    if (place === undefined) throw new RangeError(`There is no node ${name}`);
    return place;
  }
}
