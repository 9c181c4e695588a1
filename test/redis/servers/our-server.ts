import { startRedisServer } from "./redis-server.ts";
export interface OurServer extends AsyncDisposable {
  readonly port: number;
}
export const startOurServer = startRedisServer;
