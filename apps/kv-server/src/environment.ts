import {
  type EnvironmentDeclaration,
  type EnvironmentProblem,
  type EnvironmentValues,
  isLoopback,
} from "@kv/application";
import * as v from "valibot";
import { parsePasswordHash } from "./password.ts";
import { checkTls } from "./tls/tls-files.ts";

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** The longest time a timer of Node's can run, in milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The longest time that connections may be given to end, in milliseconds: ten minutes. The application may
 * take a little more to stop, which has to be settled before anything is configured.
 */
export const longestDrainMs = 600_000;

const port = wholeNumber(0, 65_535, "expected a port: a whole number from 0 to 65535");
const timeMs = wholeNumber(
  0,
  longestTimerMs,
  `expected milliseconds: a whole number from 0 to ${longestTimerMs}`,
);

const respPortMessage =
  'expected a port (a whole number from 0 to 65535), "next" for the one after PORT, or "off"';

/** A number may be text, as a variable has it. */
const respPort = v.union(
  [
    port,
    v.picklist(["next", "off"]),
    v.pipe(v.string(), v.regex(/^\d{1,5}$/u), v.transform(Number), port),
  ],
  respPortMessage,
);

const file = v.optional(v.pipe(v.string(), v.nonEmpty("expected the path of a file")));

const clientCertificates = v.picklist(
  ["none", "request", "require"],
  `expected "none", "request" or "require"`,
);

const users = v.record(
  v.pipe(v.string(), v.regex(/^\S+$/u, "expected names without white space")),
  v.pipe(
    v.string(),
    v.check(
      (text) => parsePasswordHash(text) !== undefined,
      "expected the hash of a password, as `npm run hash-password` prints it",
    ),
  ),
);

/** kv-server's environment: where it listens, who may use it, and every limit of a connection. */
export const environment = {
  host: {
    schema: v.pipe(v.string(), v.nonEmpty("expected a host name or an IP address")),
    default: "127.0.0.1",
    doc: "Host name or address that all listeners are bound to. Beyond loopback, `users` are required.",
    startOnly: true,
  },
  port: {
    schema: port,
    default: 4040,
    doc: "Port of the line protocol; 0 picks a free one, which the log names.",
    startOnly: true,
  },
  respPort: {
    schema: respPort,
    default: "off" as const,
    doc: "Port of Redis' protocol, RESP: a number, 0 picks a free one; `next` is the one after `port`; `off` does without. `next` in development and in tests.",
    startOnly: true,
  },
  tlsCertificateFile: {
    schema: file,
    default: undefined,
    doc: "File with the node's certificate in PEM, and those between it and its CA. With it all listeners speak TLS only. Relative to where the node is started.",
    startOnly: true,
  },
  tlsKeyFile: {
    schema: file,
    default: undefined,
    doc: "File with the certificate's key in PEM, without a passphrase; not one that everybody can read.",
    startOnly: true,
  },
  tlsCaFile: {
    schema: file,
    default: undefined,
    doc: "File with the CA in PEM that signs the certificates of clients.",
    startOnly: true,
  },
  tlsClientCertificates: {
    schema: clientCertificates,
    default: "none" as const,
    doc: "Whether clients need a certificate of that CA: `require`; with `request` they may come without, but not with one of another CA.",
    startOnly: true,
  },
  tlsHandshakeTimeoutMs: {
    schema: timeMs,
    default: 10_000,
    doc: "How long a client may take for the TLS handshake; then it is cut. 0 waits for ever.",
  },
  users: {
    schema: users,
    default: {},
    doc: "Who may log in: a name, and the hash of the password as `npm run hash-password` prints it. With any user here, everybody has to.",
    secret: true,
  },
  allowUnauthenticated: {
    schema: v.boolean("expected true or false"),
    default: false,
    doc: "Lets a listener beyond loopback serve everybody who can reach it, although there are no `users`.",
  },
  connectionLimit: {
    schema: wholeNumber(1, 1_000_000, "expected a whole number from 1 to 1000000"),
    default: 10_000,
    doc: "Connections at a time, of all listeners together; further ones get an error and are closed, by TLS without one.",
  },
  lineLimitBytes: {
    schema: bytes(64, 512 * mebibyte),
    default: mebibyte,
    doc: "Longest line of a request, without its line feed. The rest of a longer one is skipped.",
  },
  keyLimitBytes: {
    schema: bytes(1, mebibyte),
    default: 64 * kibibyte,
    doc: "Longest key.",
  },
  valueLimitBytes: {
    schema: bytes(1, 512 * mebibyte),
    default: 64 * mebibyte,
    doc: "Longest value; on a line, the line's limit comes first.",
  },
  requestLimitBytes: {
    schema: bytes(64 * kibibyte, 1024 * mebibyte),
    default: 65 * mebibyte,
    doc: "Longest request over RESP, all its words together: what a connection may keep in memory of one that is not whole yet. The rest of a longer one is skipped.",
  },
  replyLimitBytes: {
    schema: bytes(64 * kibibyte, 512 * mebibyte),
    default: 64 * mebibyte,
    doc: "Longest reply that lists what a bucket, or the node, holds; beyond it there is an error that names the command for reading in parts.",
  },
  pendingOutputLimitBytes: {
    schema: bytes(64 * kibibyte, 1024 * mebibyte),
    default: 8 * mebibyte,
    doc: "Replies waiting on a connection, and the writes they wait for, from which on no more of its requests are executed.",
  },
  pendingTotalLimitBytes: {
    schema: bytes(mebibyte, 64 * 1024 * mebibyte),
    default: 64 * mebibyte,
    doc: "The same of all connections together: beyond it each executes one request at a time and waits for its end.",
  },
  slowReaderTimeoutMs: {
    schema: timeMs,
    default: 5000,
    doc: "How long a client may take none of its replies while they are at their limit; then it is cut. 0 waits for ever.",
  },
  idleTimeoutMs: {
    schema: timeMs,
    default: 0,
    doc: "How long a connection may be silent before it is closed; 0 lets it be.",
  },
  drainTimeoutMs: {
    schema: wholeNumber(
      0,
      longestDrainMs,
      `expected milliseconds: a whole number from 0 to ${longestDrainMs}`,
    ),
    default: 5000,
    doc: "How long connections may take to receive the replies due when the server stops; then they are cut.",
  },
} satisfies EnvironmentDeclaration;

/** What {@link environment} comes to: live, read when it is needed. */
export type ServerEnvironment = EnvironmentValues<typeof environment>;

/** The rules over several keys. */
export function checkEnvironment(values: ServerEnvironment): readonly EnvironmentProblem[] {
  return [...checkPorts(values), ...checkStrangers(values), ...checkTls(values)];
}

function checkPorts(values: ServerEnvironment): readonly EnvironmentProblem[] {
  const wayOut = `set it to another port, or to "off"`;
  const problem = (expected: string): readonly EnvironmentProblem[] => [
    { key: "respPort", expected: `${expected}; ${wayOut}` },
  ];
  if (values.respPort === "next" && values.port === 65_535)
    return problem(`there is no port after ${values.port}`);
  if (values.respPort === values.port && values.port !== 0)
    return problem(`port ${values.port} is that of the line protocol`);
  return [];
}

/** Refuses to let strangers in by accident: one problem when other machines reach a server without users. */
function checkStrangers(values: ServerEnvironment): readonly EnvironmentProblem[] {
  const { host, allowUnauthenticated } = values;
  const isGuarded = Object.keys(values.users).length > 0;
  if (isLoopback(host) || isGuarded || allowUnauthenticated) return [];
  const expected = `expected a loopback address while nobody has to log in, got "${host}"; configure users, or set allowUnauthenticated: true to let everybody in`;
  return [{ key: "host", expected }];
}

function bytes(least: number, most: number) {
  return wholeNumber(least, most, `expected bytes: a whole number from ${least} to ${most}`);
}

function wholeNumber(least: number, most: number, message: string) {
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}
