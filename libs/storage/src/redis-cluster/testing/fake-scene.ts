import { after } from "node:test";
import type { WriteCall, Written } from "../cluster/cluster.ts";
import type { ClusterOptions } from "../cluster/cluster-options.ts";
import { type OpenCluster, openCluster } from "../cluster/open-cluster.ts";
import { keySlot } from "../cluster/topology/key-slot.ts";
import { FakeCluster } from "./fake-cluster.ts";
import { setScript } from "./hash-scripts.ts";

/** Two fake primaries and a store's half that uses them. */
export interface Scene extends AsyncDisposable {
  readonly servers: FakeCluster;
  readonly cluster: OpenCluster;
  /** Writes `value` to a key of the node at `place`, the same one for the same `name`. */
  readonly put: (
    place: number,
    value: string,
    options?: Partial<WriteCall> & { readonly name?: string },
  ) => Promise<Written>;
}

const open = new Set<Scene>();
after(async () => {
  for (const scene of open) await scene[Symbol.asyncDispose]();
});

/** Short, so that what is never answered is soon given up. */
const DEADLINE_MS = 1500;

/** Starts them; `prepare` may change the servers before they are asked anything. */
export async function openScene(
  options: Partial<ClusterOptions> = {},
  prepare: (servers: FakeCluster) => void = () => undefined,
): Promise<Scene> {
  const servers = await FakeCluster.start(2);
  prepare(servers);
  const cluster = await openCluster({
    nodes: servers.addresses,
    deadlineMs: DEADLINE_MS,
    connectTimeoutMs: 500,
    ...options,
  });
  const scene: Scene = {
    servers,
    cluster,
    put: async (place, value, { name = "", parameters = [], mayRepeat = false } = {}) =>
      await cluster.write(keyOf(place, name), setScript, {
        parameters: [value, ...parameters],
        mayRepeat,
      }),
    [Symbol.asyncDispose]: async () => {
      open.delete(scene);
      await servers[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
  open.add(scene);
  return scene;
}

/** A key that the node at `place` of two has. */
export function keyOf(place: number, name = ""): Buffer {
  for (let index = 0; ; index += 1) {
    const key = Buffer.from(`b:${name}${index}`);
    if (Math.floor((keySlot(key) * 2) / 16_384) === place) return key;
  }
}
