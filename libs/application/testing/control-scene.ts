import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { string } from "valibot";
import type { Application } from "../src/application.ts";
import { configurationOf } from "../src/configuration/load-configuration.ts";
import { type ControlOptions, createControl } from "../src/control/control.ts";
import type { CommandDeclaration } from "../src/control/declaration/command.ts";
import { type CallRequest, callNode, type NodeTarget } from "../src/control/operator/call-node.ts";
import { runCommandLine } from "../src/control/operator/run-command-line.ts";
import { FrameLink } from "../src/control/protocol/frame-link.ts";
import { frameBytes } from "../src/control/protocol/limits.ts";
import { applicationChannel, type ApplicationEvent } from "../src/events.ts";
import type { SystemApplication } from "../src/plan.ts";
import { startSystem } from "../src/system/start-system.ts";
import type { System } from "../src/system/system.ts";
import { systemTime, type Time } from "../src/time.ts";
import { FakeHost } from "./fake-host.ts";

/** What the toy application's environment is. */
export const toyEnvironment = {
  node: { schema: string(), default: "toy", doc: "" },
  table: { schema: string(), default: "a", doc: "" },
  password: { schema: string(), default: "hunter2", doc: "", secret: true },
};

/** What the commands of a toy are given as their API. */
export interface ToyApi {
  readonly name: "toy";
}

/** What a test may say about its node. */
export interface SceneTerms {
  readonly commands?: readonly CommandDeclaration<ToyApi>[];
  readonly shell?: Application<typeof toyEnvironment, ToyApi>["shell"];
  readonly time?: Time;
  readonly platform?: ControlOptions["platform"];
  /** Without it, the application has nothing to reload. */
  readonly onReload?: () => Promise<void>;
  /** Instead of a new one. */
  readonly directory?: string;
  readonly node?: string;
}

/** A node with a control socket in this process, and ways to talk to it. */
export interface ControlScene extends AsyncDisposable {
  readonly system: System;
  /** The folder of its socket. */
  readonly directory: string;
  readonly target: NodeTarget;
  /** What the application library said since the start. */
  readonly events: readonly ApplicationEvent[];
  /** Calls a command's node part; what it prints is gathered in `items`. */
  call(command: string, request?: Partial<CallRequest>): Promise<unknown>;
  /** A connection that has said nothing yet. */
  connect(): Promise<FrameLink>;
  /** Runs what an operator types. */
  type(words: string | readonly string[], host?: FakeHost): Promise<Typed>;
}

/** What an operator saw. */
export interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const sceneCookie = "a cookie of the tests";

/** Starts a node named toy whose only other application has the commands of `terms`. */
export async function openControlScene(terms: SceneTerms = {}): Promise<ControlScene> {
  const { time = systemTime, node = "toy" } = terms;
  const directory = terms.directory ?? (await mkdtemp(join(tmpdir(), "kv-control-")));
  const naming = {
    application: "toy",
    key: "node",
    nameOf: (text: string) => (/^\w+$/u.test(text) ? text : undefined),
  };
  const toy = toyApplication(terms);
  const control = createControl({
    applications: [toy],
    naming,
    version: "1.2.3",
    time,
    platform: terms.platform,
  });
  const applications: readonly SystemApplication[] = [
    { application: toy, mode: "permanent" },
    { application: control, mode: "permanent" },
  ];
  const values = { toy: { node }, control: { directory, cookie: sceneCookie } };
  const events: ApplicationEvent[] = [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the channel carries nothing else
  const listen = (event: unknown): void => void events.push(event as ApplicationEvent);
  subscribe(applicationChannel, listen);
  const configuration = configurationOf(applications, values);
  const system = await startSystem({ applications, configuration });
  const path = join(directory, `${node}.sock`);
  const target: NodeTarget = { node, path, cookie: async () => sceneCookie, time: systemTime };
  return {
    system,
    directory,
    target,
    events,
    call: (command, request = {}) => callNode(target, { ...plainCall(command), ...request }),
    async connect() {
      const socket = createConnection(path);
      await once(socket, "connect");
      return new FrameLink(socket, frameBytes);
    },
    async type(words, host = new FakeHost()) {
      const code = await runCommandLine({
        program: "toy",
        description: "Plays.",
        words: typeof words === "string" ? words.split(" ").filter((word) => word !== "") : words,
        applications,
        naming,
        configuration: () => ({
          providers: [{ name: "test", load: () => values }],
          configEnv: "test",
          variables: {},
          node: { name: node, host: "here" },
        }),
        host,
      });
      return { code, stdout: host.stdout.text, stderr: host.stderr.text };
    },
    async [Symbol.asyncDispose]() {
      await system[Symbol.asyncDispose]();
      unsubscribe(applicationChannel, listen);
      if (terms.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A call that prints nowhere. */
export function plainCall(command: string): CallRequest {
  return {
    command,
    words: [],
    options: {},
    onItems: async () => {},
    onBytes: () => {},
    onProgress: () => {},
    signal: new AbortController().signal,
  };
}

function toyApplication({
  commands = [],
  shell,
  onReload,
}: SceneTerms): Application<typeof toyEnvironment, ToyApi> {
  return {
    name: "toy",
    description: "Directed by a test.",
    dependencies: [],
    environment: toyEnvironment,
    commands,
    shell,
    start: async () => ({
      api: { name: "toy" },
      status: () => ({ games: 3, heldBytes: 2048, openMs: 61_000, nothing: undefined }),
      finished: Promise.withResolvers<void>().promise,
      reload: onReload,
      [Symbol.asyncDispose]: async () => {},
    }),
  };
}
