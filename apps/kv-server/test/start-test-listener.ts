import { environment, type ServerEnvironment } from "../src/environment.ts";
import type { DoorPlan } from "../src/door.ts";
import { Hall } from "../src/hall.ts";
import { lineProtocol } from "../src/line/line-protocol.ts";
import { type Listener, startListener } from "../src/listener.ts";
import type { AdoptSocket } from "../src/socket.ts";
import type { Protocol } from "../src/protocol.ts";
import type { DoorCertificates } from "../src/tls/door-certificates.ts";
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
  readonly certificates?: DoorCertificates;
  readonly door?: DoorPlan;
  readonly hall?: Hall;
}

/** Starts one with the defaults of the environment but for `changes`, which may be getters. Time does not pass for its log. */
export async function startTestListener(
  changes: Partial<ServerEnvironment> = {},
  replacements: Replacements = {},
): Promise<TestListener> {
  const kv = new FakeKv();
  const { verify, ...others } = replacements;
  const values = changed({ ...defaults(), port: 0 }, changes);
  const listener = await startListener({
    kv,
    protocol: lineProtocol,
    environment: values,
    clock: () => 0,
    hall: new Hall(values, verify === undefined ? {} : { verify }),
    ...others,
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
    respPort: environment.respPort.default,
    tlsCertificateFile: environment.tlsCertificateFile.default,
    tlsKeyFile: environment.tlsKeyFile.default,
    tlsCaFile: environment.tlsCaFile.default,
    tlsClientCertificates: environment.tlsClientCertificates.default,
    tlsHandshakeTimeoutMs: environment.tlsHandshakeTimeoutMs.default,
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
