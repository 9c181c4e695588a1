import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../cluster.ts";
import type { ClusterError } from "../errors.ts";
import type { NodeName } from "../node-name.ts";
import { type ClusterOptions, openCluster } from "../open-cluster.ts";
import { nodeNamed } from "./node-named.ts";

/** Nodes with sockets of the operating system, in a folder of their own. */
export class RealNodes implements AsyncDisposable {
  readonly directory: string;
  readonly #clusters: Cluster[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async prepare(): Promise<RealNodes> {
    return new RealNodes(await mkdtemp(join(tmpdir(), "kv-test-")));
  }

  /** Joins; requests are answered with their own bytes unless `options.serve` does otherwise. */
  async start(name: string, options: Partial<ClusterOptions> = {}): Promise<Cluster> {
    const cluster = await openCluster({
      self: nodeNamed(name),
      cookie: "secret",
      directory: this.directory,
      serve: (request) => {
        const payload = Uint8Array.from(request.payload);
        request.answer(payload.length, (target, at) => target.set(payload, at));
      },
      ...options,
    });
    this.#clusters.push(cluster);
    return cluster;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clusters.map((cluster) => cluster[Symbol.asyncDispose]()));
    await rm(this.directory, { recursive: true });
  }
}

/** How long a call may take on a machine that is busy, in milliseconds. */
const askMs = 20_000;

/** Calls `node` with `payload`, a write: resolves with the answer, rejects with the failure. */
export function ask(cluster: Cluster, node: NodeName, payload: Uint8Array): Promise<Uint8Array> {
  const answer = Promise.withResolvers<Uint8Array>();
  cluster.call(node, {
    deadlineMs: cluster.nowMs() + askMs,
    isWrite: true,
    byteLength: payload.length,
    write: (target, at) => target.set(payload, at),
    answered: (bytes, start, end) => answer.resolve(Uint8Array.from(bytes.subarray(start, end))),
    failed: (error: ClusterError) => answer.reject(error),
  });
  return answer.promise;
}
