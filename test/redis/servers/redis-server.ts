import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { within } from "../../harness/deadline.ts";
import { findProgram } from "../../harness/find-program.ts";
import { guardProcess, pidOf } from "../../harness/process-guard.ts";
import { makeTemporaryDirectory } from "../../harness/temporary-directory.ts";

/** Debian's redis-server in a process of its own, with nothing on the disk; it ends when it is disposed of. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number;
}

const program = findProgram("redis-server");

/** Whose replies are ours; others say some things in other words, and know more commands. */
const release = "7.0";

/** Why a test that compares with redis-server is skipped; `false` where the right one is installed. */
export const withoutRedisServer: string | false = reasonToSkip();

function reasonToSkip(): string | false {
  const install = `redis-server ${release}, of Debian 12: apt-get install redis-server`;
  if (program === undefined) return `there is no redis-server here to compare with (${install})`;
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  if (stdout.includes(`v=${release}.`)) return false;
  return `the redis-server here is another than what we compare with (${install}): ${stdout.trim()}`;
}

/** Another process may take a free port between its being found and its being used; never three times in a row. */
const ATTEMPTS = 3;

/** Starts redis-server on a free port of the loopback, with these further lines of its redis.conf, and waits until it accepts connections. */
export async function startRedisServer(settings: readonly string[] = []): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await findFreePort(), settings);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** redis-server takes port 0 for "no port at all", so one is found for it. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const closed = once(server, "close");
  server.close();
  await closed;
  if (address === null || typeof address === "string") throw new Error("There is no free port");
  return address.port;
}

async function start(port: number, settings: readonly string[]): Promise<RedisServer> {
  const directory = await makeTemporaryDirectory();
  const nothingOnDisk = ['save ""', "appendonly no", `dir ${directory.path}`];
  const lines = [`port ${port}`, "bind 127.0.0.1", ...nothingOnDisk, ...settings];
  const file = join(directory.path, "redis.conf");
  await writeFile(file, lines.map((line) => `${line}\n`).join(""));
  const child = spawn(program ?? "redis-server", [file], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "close");
  const unguard = guardProcess(pidOf(child));
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
    unguard();
    await directory[Symbol.asyncDispose]();
  };
  try {
    await within(isReady(child), `redis-server to accept connections on port ${port}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, [Symbol.asyncDispose]: stop };
}

/** Resolves when the process has printed that it is ready, rejects when it has ended. */
async function isReady(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let printed = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    if (printed.includes("Ready to accept connections")) resolve();
  });
  child.once("close", () => reject(new Error(`redis-server ended:\n${printed}`)));
  await promise;
}
