import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { checkout, compileCache } from "../../test/harness/checkout.ts";
import { runtimeDirectoryOf, testCookie } from "../../test/harness/node-process.ts";
import type { ProtocolName } from "../load/protocols.ts";
import { ProcessEndedError } from "./process-ended-error.ts";

/** Where a node finds its data, and how it is configured. */
export interface ServerOptions {
  readonly dataDirectory: string;
  readonly configDirectory: string;
}

const PORT_LINES = {
  line: /Accepting connections on port (?<port>\d+)\D/u,
  resp: /Accepting RESP connections on port (?<port>\d+)\D/u,
} as const satisfies Readonly<Record<ProtocolName, RegExp>>;
const STEERING_VARIABLE = /^(?:KV_.*|PORT|RESP_PORT)$/u;
/** What is kept of what a node prints, to be shown should it fail. */
const KEPT_CHARACTERS = 4_000;

/** A node as `npm start` runs it, with all its limits and checks: nothing is taken out of the path that is measured. */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly #ports = {
    line: Promise.withResolvers<number>(),
    resp: Promise.withResolvers<number>(),
  } as const satisfies Readonly<Record<ProtocolName, PromiseWithResolvers<number>>>;
  #printed = "";
  #ended: ProcessEndedError | undefined;

  constructor({ dataDirectory, configDirectory }: ServerOptions) {
    const entry = join(checkout, "tools", "start.ts");
    this.child = spawn(process.execPath, [entry, "--config", configDirectory], {
      cwd: checkout,
      env: {
        ...environmentWithoutSteering(),
        KV_ENV: "test",
        PORT: "0",
        RESP_PORT: "0",
        KV_DATA_DIR: dataDirectory,
        // Nothing of a bench is to lie in the home of whoever runs it.
        XDG_RUNTIME_DIR: runtimeDirectoryOf(dataDirectory),
        RELEASE_COOKIE: testCookie,
        NODE_COMPILE_CACHE: compileCache,
        // As `npm start` has it.
        GLIBC_TUNABLES: "glibc.malloc.hugetlb=1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const { promise } of Object.values(this.#ports)) promise.catch(() => undefined);
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    this.child.on("error", (error) => this.#giveUp(error));
    this.child.once("close", (code, signal) => {
      const how = `exit code ${code}, signal ${signal}`;
      this.#ended = new ProcessEndedError(`a node has ended: ${how}\n${this.#printed}`);
      this.#giveUp(this.#ended);
    });
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error("The node could not be started");
    return pid;
  }

  /** The port it accepts connections of `protocol` on, once it does, however long opening its data takes. */
  accepting(protocol: ProtocolName): Promise<number> {
    return this.#ports[protocol].promise;
  }

  /** `traffic` to the node. When that fails because the node has ended, it rejects with what the node printed last. */
  async whileRunning<Result>(traffic: Promise<Result>): Promise<Result> {
    try {
      return await traffic;
    } catch (error) {
      throw this.#ended ?? error;
    }
  }

  #read(text: string): void {
    this.#printed = (this.#printed + text).slice(-KEPT_CHARACTERS);
    for (const protocol of ["line", "resp"] as const) {
      const port = PORT_LINES[protocol].exec(this.#printed)?.groups?.["port"];
      if (port !== undefined) this.#ports[protocol].resolve(Number(port));
    }
  }

  #giveUp(reason: Error): void {
    for (const { reject } of Object.values(this.#ports)) reject(reason);
  }
}

function environmentWithoutSteering(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !STEERING_VARIABLE.test(name)),
  );
}
