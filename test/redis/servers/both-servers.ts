import { after, before } from "node:test";
import { type OurServer, startOurServer } from "./our-server.ts";
import { type RedisServer, startRedisServer } from "./redis-server.ts";

/** The two servers of a suite: there once its tests run. */
export interface BothServers {
  readonly redis: RedisServer;
  readonly ours: OurServer;
}

/** To be called in a suite: starts redis-server and a node of ours before its tests, and ends both after them. */
export function bothServers(): BothServers {
  let redis: RedisServer | undefined;
  let ours: OurServer | undefined;
  before(async () => {
    redis = await startRedisServer();
    ours = await startOurServer();
  });
  after(async () => {
    await redis?.[Symbol.asyncDispose]();
    await ours?.[Symbol.asyncDispose]();
  });
  return {
    get redis() {
      return started(redis);
    },
    get ours() {
      return started(ours);
    },
  };
}

function started<Server>(server: Server | undefined): Server {
  if (server === undefined) throw new Error("the servers start before the suite's tests");
  return server;
}
