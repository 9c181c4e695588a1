/** `npm run bench:replicated`: a KV node in front of a cluster beside the bare client library with the same acknowledgement rule, in interleaved rounds. */
import { createHash } from "node:crypto";
import { createClient } from "@redis/client";
import { keySlot } from "../libs/storage/src/redis-cluster/cluster/topology/key-slot.ts";
import { NodeProcess } from "../test/harness/node-process.ts";
import { makeTemporaryDirectory } from "../test/harness/temporary-directory.ts";
import { type LocalCluster, startCluster } from "../tools/replicated/start-cluster.ts";

const IN_FLIGHT = [1, 16, 64] as const;
const ROUNDS = 5;
const ROUND_MS = 1500;
const BUCKETS = 300;
const VALUE = "v".repeat(16);
const PRIMARIES = 3;
const SLOTS = 16_384;

const SOURCE = "redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) return 1";
const DIGEST = createHash("sha1").update(SOURCE).digest("hex");

/** Puts or gets one key of one bucket; settles when that is answered. */
type Request = (bucket: number, worker: number) => Promise<unknown>;

interface Contender extends AsyncDisposable {
  readonly name: string;
  readonly put: Request;
  readonly get: Request;
}

interface Figures {
  readonly perSecond: number;
  readonly medianMs: number;
}

type Client = Awaited<ReturnType<typeof connect>>;

async function connect(port: number) {
  const client = createClient({ RESP: 2, socket: { host: "127.0.0.1", port } });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

/** Every write with a proof of its own, as one who has only the library would do it: one connection a primary for each of reads and writes. */
async function bareLibrary(servers: LocalCluster): Promise<Contender> {
  const shards: { readonly writes: Client; readonly reads: Client; readonly id: string }[] = [];
  for (const { port } of servers.servers.slice(0, PRIMARIES)) {
    const writes = await connect(port);
    await writes.sendCommand(["SCRIPT", "LOAD", SOURCE]);
    const id = await writes.sendCommand<string>(["CLUSTER", "MYID"]);
    shards.push({ writes, reads: await connect(port), id });
  }
  const of = (key: string) => {
    const shard = shards[Math.floor((keySlot(Buffer.from(key)) * PRIMARIES) / SLOTS)];
    if (shard === undefined) throw new Error("no such shard");
    return shard;
  };
  return {
    name: "library",
    put: async (bucket, worker) => {
      const key = `bare-${bucket}`;
      const { writes, id } = of(key);
      await Promise.all([
        writes.sendCommand(["EVALSHA", DIGEST, "1", key, `k${worker}`, VALUE]),
        writes.sendCommand(["INFO", "replication"]),
        writes.sendCommand(["WAIT", "2", "100"]),
        writes.sendCommand(["INFO", "replication"]),
        writes.sendCommand(["CLUSTER", "REPLICAS", id]),
      ]);
    },
    get: async (bucket, worker) => {
      const key = `bare-${bucket}`;
      await of(key).reads.sendCommand(["HMGET", key, "", `k${worker}`]);
    },
    [Symbol.asyncDispose]: async () => {
      for (const { writes, reads } of shards) for (const one of [writes, reads]) one.destroy();
    },
  };
}

/** A node's RESP door. */
async function kvNode(servers: LocalCluster, dataDirectory: string): Promise<Contender> {
  const node = await NodeProcess.start({
    dataDirectory,
    env: { KV_REDIS_CLUSTER: servers.addresses.slice(0, PRIMARIES).join(","), RESP_PORT: "0" },
  });
  const port = await node.acceptingResp();
  // One connection, on which the library pipelines what is in flight, as it does to the servers themselves.
  const client = await connect(port);
  return {
    name: "node",
    put: async (bucket, worker) =>
      await client.sendCommand(["HSET", `bucket-${bucket}`, `k${worker}`, VALUE]),
    get: async (bucket, worker) =>
      await client.sendCommand(["HGET", `bucket-${bucket}`, `k${worker}`]),
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await node[Symbol.asyncDispose]();
    },
  };
}

async function measure(request: Request, inFlight: number): Promise<Figures> {
  const took: number[] = [];
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async (_, worker) => {
      for (let turn = 0; performance.now() - startMs < ROUND_MS; turn += 1) {
        const beginMs = performance.now();
        await request((worker * 31 + turn) % BUCKETS, worker);
        took.push(performance.now() - beginMs);
      }
    }),
  );
  const perSecond = (took.length * 1000) / (performance.now() - startMs);
  return { perSecond, medianMs: median(took) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

await using directory = await makeTemporaryDirectory();
await using servers = await startCluster({ primaries: PRIMARIES, replicas: 2 });
await using library = await bareLibrary(servers);
await using node = await kvNode(servers, directory.path);
for (const operation of ["put", "get"] as const) {
  for (const inFlight of IN_FLIGHT) {
    const rounds: { readonly library: Figures; readonly node: Figures }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        library: await measure(library[operation], inFlight),
        node: await measure(node[operation], inFlight),
      });
    }
    const text = (name: "library" | "node"): string =>
      `${name} ${Math.round(median(rounds.map((round) => round[name].perSecond)))}/s, p50 ${median(rounds.map((round) => round[name].medianMs)).toFixed(2)} ms`;
    const ratio = median(rounds.map((round) => round.node.perSecond / round.library.perSecond));
    const more = median(rounds.map((round) => round.node.medianMs - round.library.medianMs));
    process.stdout.write(
      `${operation} ${String(inFlight).padStart(2)} in flight: ${text("library")}; ${text("node")}; ${ratio.toFixed(2)}x, ${more >= 0 ? "+" : ""}${more.toFixed(2)} ms\n`,
    );
  }
}
