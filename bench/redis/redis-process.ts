import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SyncMode } from "@kv/storage";
import type { Login } from "../load/protocols.ts";
import { ProcessEndedError } from "../processes/process-ended-error.ts";
import { type RespClient, openRespClient } from "./resp-client.ts";

/** How a redis-server is started; what is not said here is as Redis has it by default. */
export interface RedisOptions {
  /** The program. */
  readonly program: string;
  /** A folder that is not there yet, for its append-only file and its log. */
  readonly directory: string;
  readonly port: number;
  readonly sync: SyncMode;
  /** Every client has to log in with its password; its name must be `default`, the one that `requirepass` is for. */
  readonly login: Login | undefined;
}

/** Redis' names for the modes that promise the same. */
const APPENDFSYNC = {
  never: "no",
  everysec: "everysec",
  always: "always",
} as const satisfies Readonly<Record<SyncMode, string>>;

/** What is shown of its log should it end. */
const SHOWN_CHARACTERS = 4_000;

/** A redis-server with an append-only file, and no snapshots. */
export class RedisProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly #login: Login | undefined;
  readonly #ended = Promise.withResolvers<never>();

  constructor({ program, directory, port, sync, login }: RedisOptions) {
    this.port = port;
    this.#login = login;
    mkdirSync(directory, { recursive: true });
    const log = join(directory, "redis.log");
    const settings = {
      bind: "127.0.0.1",
      port: String(port),
      dir: directory,
      logfile: log,
      save: "",
      appendonly: "yes",
      appendfsync: APPENDFSYNC[sync],
      ...(login === undefined ? {} : { requirepass: login.password }),
    };
    const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    this.child = spawn(program, words, { cwd: directory, stdio: "ignore" });
    this.#ended.promise.catch(() => undefined);
    this.child.on("error", (error) => this.#ended.reject(error));
    this.child.once("exit", (code, signal) => {
      const how = `exit code ${code}, signal ${signal}`;
      this.#ended.reject(new ProcessEndedError(`redis-server has ended: ${how}\n${tailOf(log)}`));
    });
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error("redis-server could not be started");
    return pid;
  }

  /** A client of its own for the caller, once the server answers PING. */
  connect(): Promise<RespClient> {
    return this.whileRunning(openRespClient(this.port, this.#login));
  }

  /** `traffic` to the server. Rejects with what the server has logged when it ends meanwhile. */
  whileRunning<Result>(traffic: Promise<Result>): Promise<Result> {
    return Promise.race([traffic, this.#ended.promise]);
  }
}

/** The end of a log, which may not have been begun. */
function tailOf(log: string): string {
  try {
    return readFileSync(log, "utf8").slice(-SHOWN_CHARACTERS);
  } catch (error) {
    return String(error);
  }
}
