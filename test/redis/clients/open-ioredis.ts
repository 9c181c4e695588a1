import type { ConnectionOptions } from "node:tls";
import { Redis } from "ioredis";
import { within } from "../../harness/deadline.ts";

/** Whom ioredis connects to, and as whom. */
export interface IoredisOptions {
  readonly port: number;
  /** What the library takes by default without it. */
  readonly protocol?: 2 | 3;
  readonly username?: string;
  readonly password?: string;
  readonly connectionName?: string;
  readonly tls?: ConnectionOptions;
}

/** A client of ioredis that quits when it is disposed of. */
export type Ioredis = Redis & AsyncDisposable;

/** Connects and has a PING answered; rejects with the first error there is. */
export async function openIoredis({ port, ...options }: IoredisOptions): Promise<Ioredis> {
  const redis = new Redis(port, "127.0.0.1", {
    lazyConnect: true,
    retryStrategy: () => 10,
    ...options,
  });
  const failed = new Promise<never>((_resolve, reject) => {
    // Without a listener the library prints what cuts its connection; what comes of that, the test asks for itself.
    redis.on("error", reject);
  });
  failed.catch(() => undefined);
  try {
    const answered = redis.connect().then(() => redis.ping());
    await within(Promise.race([answered, failed]), "ioredis to connect");
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return Object.assign(redis, {
    async [Symbol.asyncDispose](): Promise<void> {
      const ended = new Promise<void>((resolve) => redis.once("end", () => resolve()));
      await redis.quit();
      await within(ended, "ioredis to end");
    },
  });
}
