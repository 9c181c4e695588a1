/**
 * A visit with valkey-glide, whose core is native: a process of its own, so that its threads and whatever may go wrong
 * in them end with it. Told by one JSON argument whom to visit; prints what it saw as JSON.
 */
import {
  Batch,
  Decoder,
  GlideClient,
  type GlideClientConfiguration,
  type GlideString,
  ProtocolVersion,
} from "@valkey/valkey-glide";

/** Whom to visit, and how. */
export interface Visit {
  readonly port: number;
  readonly protocol: 2 | 3;
  /** What buckets are named after, so that visits do not meet. */
  readonly name: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** The text of the certificate that the server's is signed by; TLS is spoken then. */
  readonly rootCertificate?: string;
}

/** What was seen. */
export interface Sight {
  readonly hash: unknown;
  readonly bytes: boolean;
  readonly pipeline: unknown;
  readonly scanned: readonly string[];
  readonly scannedKeys: readonly string[];
  readonly error: string;
  readonly times: unknown;
  readonly reconnected: boolean;
  readonly who: string;
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

/** Connects, does all it can do with hashes, and closes. */
async function visit(plan: Visit): Promise<Sight> {
  const client = await GlideClient.createClient(configurationOf(plan));
  try {
    const { name } = plan;
    return {
      hash: await hash(client, name),
      bytes: await bytes(client, name),
      pipeline: await pipeline(client, name),
      scanned: await scanned(client, name),
      scannedKeys: await scannedKeys(client, name),
      error: await client.hincrBy(`${name}-hash`, "eggs", 1).then(
        () => "none",
        (error: unknown) => String(error),
      ),
      times: await times(client, name),
      who: JSON.stringify(await client.customCommand(["CLIENT", "INFO"])),
      reconnected: await reconnected(client),
    };
  } finally {
    client.close();
  }
}

function configurationOf({
  port,
  protocol,
  credentials,
  rootCertificate,
}: Visit): GlideClientConfiguration {
  const tls =
    rootCertificate === undefined
      ? {}
      : {
          useTLS: true,
          advancedConfiguration: {
            tlsAdvancedConfiguration: { rootCertificates: rootCertificate },
          },
        };
  return {
    addresses: [{ host: "127.0.0.1", port }],
    protocol: protocol === 2 ? ProtocolVersion.RESP2 : ProtocolVersion.RESP3,
    clientName: "visitor",
    requestTimeout: 10_000,
    ...(credentials === undefined ? {} : { credentials }),
    ...tls,
  };
}

async function hash(client: GlideClient, name: string): Promise<unknown> {
  const bucket = `${name}-hash`;
  return [
    await client.hset(bucket, { milk: "1", eggs: "x" }),
    await client.hget(bucket, "milk"),
    await client.hget(bucket, "beer"),
    (await client.hgetall(bucket))
      .map(({ field, value }) => `${String(field)}=${String(value)}`)
      .toSorted(),
    await client.hgetall("missing"),
    await client.hmget(bucket, ["milk", "beer"]),
    await client.hincrBy(bucket, "milk", 41),
    await client.hexists(bucket, "milk"),
    await client.hlen(bucket),
    await client.hstrlen(bucket, "milk"),
    await client.hsetnx(bucket, "milk", "9"),
    await client.hdel(bucket, ["milk", "beer"]),
    await client.type(bucket),
    await client.exists([bucket, "missing"]),
  ];
}

async function bytes(client: GlideClient, name: string): Promise<boolean> {
  await client.hset(`${name}-bytes`, [{ field: everyByte, value: everyByte }]);
  const value = await client.hget(`${name}-bytes`, everyByte, { decoder: Decoder.Bytes });
  return Buffer.isBuffer(value) && value.equals(everyByte);
}

async function pipeline(client: GlideClient, name: string): Promise<unknown> {
  const bucket = `${name}-many`;
  const batch = new Batch(false);
  for (let n = 0; n < 200; n += 1) batch.hset(bucket, { [`k${n}`]: String(n) });
  batch.hget(bucket, "k7").hlen(bucket);
  const replies = (await client.exec(batch, true)) ?? [];
  return replies.slice(-3);
}

async function scanned(client: GlideClient, name: string): Promise<readonly string[]> {
  const found = new Set<string>();
  let cursor: GlideString = "0";
  do {
    const [next, page] = await client.scan(cursor, { match: `${name}-*`, count: 1 });
    for (const item of page) found.add(String(item));
    cursor = next;
  } while (String(cursor) !== "0");
  return [...found].toSorted();
}

async function scannedKeys(client: GlideClient, name: string): Promise<readonly string[]> {
  const found = new Set<string>();
  let cursor = "0";
  do {
    const [next, page] = await client.hscan(`${name}-many`, cursor, { match: "k1?", count: 3 });
    page.forEach((item, index) => {
      if (index % 2 === 0) found.add(String(item));
    });
    cursor = next;
  } while (cursor !== "0");
  return [...found].toSorted();
}

async function times(client: GlideClient, name: string): Promise<unknown> {
  const bucket = `${name}-hash`;
  const isSet = await client.expire(bucket, 1_000);
  const left = await client.ttl(bucket);
  return [
    isSet,
    left > 900 && left <= 1_000,
    await client.persist(bucket),
    await client.ttl(bucket),
  ];
}

/** Whether a new connection takes the place of one that the server has cut. */
async function reconnected(client: GlideClient): Promise<boolean> {
  const id = await client.clientId();
  // The request that cuts its own connection is answered, or not.
  await client
    .customCommand(["CLIENT", "KILL", "ID", String(id), "SKIPME", "no"])
    .catch(() => undefined);
  for (;;) {
    const next = await client.clientId().catch(() => id);
    if (next !== id) return true;
  }
}

const plan: Visit = JSON.parse(process.argv[2] ?? "");
const sight = await visit(plan);
process.stdout.write(`${JSON.stringify(sight)}\n`);
