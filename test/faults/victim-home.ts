import { join } from "node:path";
import { ControlClient } from "../harness/control-client.ts";
import { type NodeOptions, NodeProcess } from "../harness/node-process.ts";
import type { Random } from "../harness/random.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";
import { writeConfig } from "../harness/write-config.ts";
import type { Victim } from "./scene.ts";

/** When a node's log is synced. */
export type Sync = "always" | "everysec" | "never";

/** A real node that is going to be killed. */
export interface NodeVictim extends Victim {
  readonly sync: Sync;
  readonly control: ControlClient;
  /** The folder of its store. */
  readonly storeDirectory: string;
  /** Resolves when the process is gone. */
  readonly exited: Promise<unknown>;
  /** Asks it to stop in order; it may be gone by itself when the kill comes. */
  stop(): void;
}

/** Where the nodes of one run live, one after the other, on the same data. */
export interface VictimHome extends AsyncDisposable {
  readonly storeDirectory: string;
  /** For what scenes write. */
  readonly scratchDirectory: string;
  /** Starts a node; when its log is synced is drawn. */
  start(random: Random): Promise<NodeVictim>;
  /**
   * What may happen between a kill and the next proper start: now and then one that is killed as soon as it has put
   * its log in order, or one that is stopped in order, so that its log is sealed.
   */
  disturb(random: Random): Promise<void>;
  /** Starts the node a last time and stops it in order. */
  seal(): Promise<void>;
}

const SYNCS: readonly Sync[] = ["always", "everysec", "never"];

/**
 * Everything that happens once in a while happens often: segments are full after some hundred writes, little may be
 * dead, a snapshot is due each second, and most values have to be read from the disk.
 */
const STORAGE = {
  engine: "log",
  segmentLimitBytes: 2 ** 20,
  deadShareLimit: 0.2,
  deadFloorBytes: 0,
  snapshotEveryRecords: 1_000,
  cacheLimitBytes: 256 * 1024,
};

/** Makes an empty home. */
export async function openVictimHome(): Promise<VictimHome> {
  const directory = await makeTemporaryDirectory();
  const dataDirectory = join(directory.path, "data");
  const storeDirectory = join(dataDirectory, "kv");
  const configs = await Promise.all(SYNCS.map((sync) => writeSync(directory.path, sync)));
  const optionsFor = (sync: Sync): NodeOptions => {
    return { dataDirectory, configDirectory: configs[SYNCS.indexOf(sync)] };
  };
  await warmUp({ ...optionsFor("always"), dataDirectory: join(directory.path, "warm-up") });
  return {
    storeDirectory,
    scratchDirectory: directory.path,
    async start(random) {
      const sync = random.pick(SYNCS);
      const node = await NodeProcess.start(optionsFor(sync));
      // The control socket comes last.
      await node.logged(/"type":"system-started"/u);
      return victimOf(node, { sync, dataDirectory, storeDirectory });
    },
    async disturb(random) {
      const draw = random.integer(1, 100);
      if (draw > 15) return;
      await using node = NodeProcess.spawn(optionsFor(random.pick(SYNCS)));
      await node.logged(/"type":"opened"/u);
      if (draw > 5) await node.kill();
      else await node.stop();
    },
    async seal() {
      await using node = await NodeProcess.start(optionsFor("always"));
      await stopInOrder(node);
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

function writeSync(folder: string, sync: Sync): Promise<string> {
  const value = { ...STORAGE, sync };
  return writeConfig(join(folder, `config-${sync}`), [
    { application: "kv", path: ["storage"], value },
  ]);
}

/** Starts a node once and stops it in order, so that the compiled code is kept: a killed process keeps none. */
async function warmUp(options: NodeOptions): Promise<void> {
  await using node = await NodeProcess.start(options);
  await stopInOrder(node);
}

async function stopInOrder(node: NodeProcess): Promise<void> {
  const { code, signal } = await node.stop();
  if (code !== 0)
    throw new Error(`The node did not stop in order: ${code ?? signal}\n${node.stdout}`);
}

function victimOf(
  node: NodeProcess & { readonly port: number },
  place: {
    readonly sync: Sync;
    readonly dataDirectory: string;
    readonly storeDirectory: string;
  },
): NodeVictim {
  let isStopping = false;
  return {
    port: node.port,
    sync: place.sync,
    control: new ControlClient(place.dataDirectory),
    storeDirectory: place.storeDirectory,
    exited: node.exited,
    stop() {
      isStopping = true;
      node.signal("SIGTERM");
    },
    async kill() {
      const { code, signal } = await node.kill();
      if (signal === "SIGKILL" || (isStopping && code === 0)) return;
      throw new Error(
        `The node ended by itself, with code ${code}\n${node.stdout}\n${node.stderr}`,
      );
    },
  };
}
