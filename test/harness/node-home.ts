import { join } from "node:path";
import { NodeProcess } from "./node-process.ts";
import { makeTemporaryDirectory } from "./temporary-directory.ts";
import { type Setting, writeConfig } from "./write-config.ts";

/** A folder for the data and the configuration of the nodes of one test, which ends them when it goes. */
export interface NodeHome extends AsyncDisposable {
  readonly path: string;
  /** What `KV_DATA_DIR` is; there is nothing at first. */
  readonly dataDirectory: string;
  /** Starts a node here and waits until it accepts connections. */
  start(options?: HomeNodeOptions): Promise<NodeProcess & { readonly port: number }>;
  /** Starts a node here that may well refuse to run. */
  spawn(options?: HomeNodeOptions): Promise<NodeProcess>;
}

/** What makes a node of a test special. */
export interface HomeNodeOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What its runtime.ts says beyond the shipped one. */
  readonly settings?: readonly Setting[];
  /** Its configuration folder, in place of one made from `settings`. */
  readonly configDirectory?: string;
  /** As in `NodeOptions`. */
  readonly words?: readonly string[];
  /** As in `NodeOptions`. */
  readonly fileLimitBlocks?: number;
  /** As in `NodeOptions`. */
  readonly launcher?: readonly string[];
}

/** Makes an empty home. */
export async function openNodeHome(): Promise<NodeHome> {
  const directory = await makeTemporaryDirectory();
  const dataDirectory = join(directory.path, "data");
  const nodes: NodeProcess[] = [];
  let spawned = 0;
  const spawn = async (options: HomeNodeOptions = {}): Promise<NodeProcess> => {
    const { env, settings, configDirectory, words, fileLimitBlocks, launcher } = options;
    spawned += 1;
    const folder = join(directory.path, `config-${spawned}`);
    const written = settings === undefined ? undefined : await writeConfig(folder, settings);
    const node = NodeProcess.spawn({
      dataDirectory,
      ...(env === undefined ? {} : { env }),
      configDirectory: configDirectory ?? written,
      words,
      fileLimitBlocks,
      launcher,
    });
    nodes.push(node);
    return node;
  };
  return {
    path: directory.path,
    dataDirectory,
    spawn,
    async start(options) {
      const node = await spawn(options);
      return Object.assign(node, { port: await node.accepting() });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
      await directory[Symbol.asyncDispose]();
    },
  };
}
