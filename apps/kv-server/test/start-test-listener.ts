import { environment, type ServerEnvironment } from "../src/environment.ts";
import { lineProtocol } from "../src/line/line-protocol.ts";
import { type Listener, startListener } from "../src/listener.ts";
import type { AdoptSocket } from "../src/socket.ts";
import type { Protocol } from "../src/protocol.ts";
import type { UsersOptions } from "../src/users.ts";
import { FakeKv } from "./fake-kv.ts";

/** A listener on a free port of loopback, with its buckets and its environment at hand. */
export interface TestListener extends AsyncDisposable {
  readonly port: number;
  readonly kv: FakeKv;
  readonly listener: Listener;
}

/** What a test may put in the place of what a listener does by itself. */
export interface Replacements extends UsersOptions {
  readonly adopt?: AdoptSocket;
  /** The line protocol by default. */
  readonly protocol?: Protocol;
}

/** Starts one with the defaults of the environment but for `changes`, which may be getters. Time does not pass for its log. */
export async function startTestListener(
  changes: Partial<ServerEnvironment> = {},
  replacements: Replacements = {},
): Promise<TestListener> {
  const kv = new FakeKv();
  const listener = await startListener({
    kv,
    protocol: lineProtocol,
    environment: changed({ ...defaults(), port: 0 }, changes),
    clock: () => 0,
    ...replacements,
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
    requestLimitBytes: environment.requestLimitBytes.default,
    replyLimitBytes: environment.replyLimitBytes.default,
    pendingOutputLimitBytes: environment.pendingOutputLimitBytes.default,
    pendingTotalLimitBytes: environment.pendingTotalLimitBytes.default,
    slowReaderTimeoutMs: environment.slowReaderTimeoutMs.default,
    idleTimeoutMs: environment.idleTimeoutMs.default,
    drainTimeoutMs: environment.drainTimeoutMs.default,
  };
}

/** `values` but for `changes`; what is a getter there stays one, as a put changes values while they are in use. */
function changed(
  values: ServerEnvironment,
  changes: Partial<ServerEnvironment>,
): ServerEnvironment {
  return Object.defineProperties(values, Object.getOwnPropertyDescriptors(changes));
}
