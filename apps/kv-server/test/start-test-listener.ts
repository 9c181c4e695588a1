import { environment, type ServerEnvironment } from "../src/environment.ts";
import { lineProtocol } from "../src/line/line-protocol.ts";
import { type Listener, startListener } from "../src/listener.ts";
import type { AdoptSocket } from "../src/socket.ts";
import { FakeKv } from "./fake-kv.ts";

/** A listener on a free port of loopback, with its buckets and its environment at hand. */
export interface TestListener extends AsyncDisposable {
  readonly port: number;
  readonly kv: FakeKv;
  readonly listener: Listener;
}

/** Starts one with the defaults of the environment but for `changes`. Time does not pass for its log. */
export async function startTestListener(
  changes: Partial<ServerEnvironment> = {},
  adopt?: AdoptSocket,
): Promise<TestListener> {
  const kv = new FakeKv();
  const listener = await startListener({
    kv,
    protocol: lineProtocol,
    environment: { ...defaults(), port: 0, ...changes },
    clock: () => 0,
    ...(adopt === undefined ? {} : { adopt }),
  });
  return {
    kv,
    listener,
    port: listener.address.port,
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

/** What holds when nobody configures anything. */
export function defaults(): ServerEnvironment {
  return {
    host: environment.host.default,
    port: environment.port.default,
    users: environment.users.default,
    allowUnauthenticated: environment.allowUnauthenticated.default,
    connectionLimit: environment.connectionLimit.default,
    lineLimitBytes: environment.lineLimitBytes.default,
    keyLimitBytes: environment.keyLimitBytes.default,
    valueLimitBytes: environment.valueLimitBytes.default,
    pendingOutputLimitBytes: environment.pendingOutputLimitBytes.default,
    slowReaderTimeoutMs: environment.slowReaderTimeoutMs.default,
    idleTimeoutMs: environment.idleTimeoutMs.default,
    drainTimeoutMs: environment.drainTimeoutMs.default,
  };
}
