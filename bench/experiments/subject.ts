import { join } from "node:path";
import { hashPassword } from "@kv/kv-server";
import type { SyncMode } from "@kv/storage";
import { type Setting, writeConfig } from "../../test/harness/write-config.ts";
import type { Traffic } from "../data/traffic.ts";
import type { EngineSettings } from "../engine/engine-settings.ts";
import type { EngineCalls, Opened } from "../engine/worker.ts";
import type { Login, ProtocolName } from "../load/protocols.ts";
import type { LoadTarget } from "../load/run-load.ts";
import type { Measurement } from "../measure/measurement.ts";
import { engineModule } from "../processes/populations.ts";
import { ServerProcess } from "../processes/server-process.ts";
import { knownSettings } from "../processes/known-settings.ts";
import { WorkerProcess } from "../processes/worker-process.ts";
import { killChild } from "../processes/workplace.ts";
import type { Bench } from "./experiment.ts";

/**
 * A store that traffic can go to, and whose cost is measured. A server of another kind, Redis say, is a subject too, with
 * requests and replies of its own.
 */
export interface Subject extends AsyncDisposable {
  measure(traffic: Traffic): Promise<Measurement>;
  /** Reads each key that `traffic` may ask for once, so that a cache holds what it can hold of them. */
  sweep(traffic: Traffic): Promise<void>;
}

/** Which store a subject has. */
export interface SubjectOptions {
  readonly keys: number;
  readonly sync: SyncMode;
  readonly settings?: EngineSettings;
}

/** How a node is configured, but for its defaults. */
export interface ServerOptions extends SubjectOptions {
  /** What the node is called, if it is to be one of several, and what it is told beyond the rest. */
  readonly node?: { readonly name: string; readonly settings: readonly Setting[] } | undefined;
  /** Whether its store is a copy of the population; so it is unless this says no. */
  readonly isFilled?: boolean;
  /** The one user there is; without it nobody has to log in. */
  readonly login?: Login | undefined;
}

/** The engine in a process of its own, called directly. */
export interface EngineSubject extends Subject {
  readonly opened: Opened;
  readonly worker: WorkerProcess<EngineCalls>;
}

/** Opens a copy of a population in a process of its own. */
export async function startEngine(bench: Bench, options: SubjectOptions): Promise<EngineSubject> {
  const { keys, sync, settings } = options;
  const directory = await bench.populations.copy(keys);
  const worker = new WorkerProcess<EngineCalls>(engineModule);
  bench.workplace.adopt(worker.child);
  const opened = await worker.call("open", { ...settings, directory, sync });
  return {
    opened,
    worker,
    measure: (traffic) => worker.call("run", traffic),
    sweep: (traffic) => worker.call("sweep", traffic),
    [Symbol.asyncDispose]: () => killChild(worker.child),
  };
}

/** A node that accepts connections. Its traffic is that of the line protocol. */
export interface ServerSubject extends Subject {
  readonly pid: number;
  /** Where its store lies, if it is filled. */
  readonly directory: string;
  /** Stops it for a while, and has it go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** The same node over another protocol. */
  speak(protocol: ProtocolName): Promise<NodeSubject>;
}

/** A node over one protocol; it is not disposed of by itself. */
export interface NodeSubject extends Pick<Subject, "measure" | "sweep"> {
  readonly target: LoadTarget;
}

/** Starts a node on a copy of a population, with those settings that it knows. */
export async function startServer(bench: Bench, options: ServerOptions): Promise<ServerSubject> {
  const { keys, sync, settings = {}, login, node, isFilled = true } = options;
  const dataDirectory = bench.workplace.newPath("data");
  const directory = join(dataDirectory, node?.name ?? "kv");
  if (isFilled) await bench.populations.copy(keys, directory);
  const configDirectory = await writeConfig(bench.workplace.newPath("config"), [
    { application: "kv", path: ["storage"], value: { ...knownSettings(settings), sync } },
    ...(login === undefined ? [] : [await userSetting(login)]),
    ...(node === undefined ? [] : [nameSetting(node.name), ...node.settings]),
  ]);
  const server = new ServerProcess({ dataDirectory, configDirectory });
  bench.workplace.adopt(server.child);
  const speak = async (protocol: ProtocolName): Promise<NodeSubject> => {
    const target = { port: await server.accepting(protocol), pid: server.pid, protocol, login };
    return {
      target,
      measure: (traffic) => server.whileRunning(bench.load.call("run", { target, traffic })),
      sweep: (traffic) => server.whileRunning(bench.load.call("sweep", { target, traffic })),
    };
  };
  return {
    ...(await speak("line")),
    pid: server.pid,
    directory,
    speak,
    signal: (name) => void server.child.kill(name),
    [Symbol.asyncDispose]: () => killChild(server.child),
  };
}

function nameSetting(name: string): Setting {
  return { application: "kv", path: ["node"], value: name };
}

async function userSetting({ name, password }: Login): Promise<Setting> {
  const hash = await hashPassword(password);
  return { application: "kv-server", path: ["users", name], value: hash };
}
