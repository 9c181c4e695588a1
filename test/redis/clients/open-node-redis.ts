import { createClient, type RedisClientType } from "@redis/client";
import { within } from "../../harness/deadline.ts";

/** Whom node-redis connects to, and as whom. */
export interface NodeRedisOptions {
  readonly port: number;
  readonly RESP: 2 | 3;
  readonly username?: string;
  readonly password?: string;
  readonly name?: string;
  /** The certificate that the server's is signed by; TLS is spoken then. */
  readonly ca?: Buffer;
}

/** A client of node-redis that closes when it is disposed of. */
export type NodeRedis = RedisClientType<{}, {}, {}, 2 | 3> & AsyncDisposable;

/** Connects with node-redis' usual settings; rejects with the first error there is. */
export async function openNodeRedis({
  port,
  RESP,
  ca,
  ...identity
}: NodeRedisOptions): Promise<NodeRedis> {
  const place = { host: "127.0.0.1", port, reconnectStrategy: 10 };
  const client: RedisClientType<{}, {}, {}, 2 | 3> = createClient({
    ...identity,
    RESP,
    socket: ca === undefined ? place : { ...place, tls: true, ca },
  });
  const failed = new Promise<never>((_resolve, reject) => {
    // Without a listener the library throws what cuts its connection; what comes of that, a test asks for itself.
    client.on("error", reject);
  });
  failed.catch(() => undefined);
  try {
    const answered = client.connect().then(() => client.ping());
    await within(Promise.race([answered, failed]), "node-redis to connect");
  } catch (error) {
    client.destroy();
    throw error;
  }
  return Object.assign(client, {
    [Symbol.asyncDispose]: () => within(client.close(), "node-redis to close"),
  });
}
