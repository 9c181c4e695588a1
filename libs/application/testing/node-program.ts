/**
 * A whole node as a process, for the tests of the process boundary: an application that does what its first
 * argument says.
 *
 * `serve` runs until it is told to stop, and holds nothing that would keep a process alive; `busy` cannot listen; `bug`
 * has one; `chatty` fills its log; `unsealed` and `stuck` do not stop as they should.
 */
import { channel } from "node:diagnostics_channel";
import {
  type Application,
  applicationChannel,
  type EnvironmentDeclaration,
  runSystem,
  startSupervisor,
} from "../src/index.ts";

const [, , behaviour = "serve", configFile] = process.argv;

class Refusal extends Error {
  readonly kind = "operating-failure";
}

async function stop(): Promise<void> {
  if (behaviour === "unsealed") throw new Refusal("Cannot sync the log: the disk is full");
  if (behaviour === "stuck") await new Promise(() => {});
}

const server: Application<EnvironmentDeclaration, undefined> = {
  name: "server",
  description: "Does what the test asks for.",
  dependencies: [],
  environment: {},
  async start({ signal }) {
    const supervisor = await startSupervisor({
      name: "server",
      strategy: "one-for-one",
      signal,
      children: [
        {
          id: "listener",
          retryFirstStart: true,
          shutdownMs: 50,
          start: async () => {
            if (behaviour === "busy") throw new Refusal("Cannot listen on port 4040: it is in use");
            if (behaviour === "bug") setImmediate(() => Object(undefined).length.missing);
            return {
              finished: Promise.withResolvers<void>().promise,
              [Symbol.asyncDispose]: stop,
            };
          },
        },
      ],
    });
    return {
      api: undefined,
      finished: supervisor.finished,
      [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
    };
  },
};

await runSystem({
  applications: [{ application: server, mode: "permanent" }],
  configuration: {
    configFile,
    variables: {},
    configEnv: "test",
    node: { name: "server", host: "here" },
  },
  channels: [applicationChannel, "kv.test"],
  process,
  onStart: () => {
    if (behaviour !== "chatty") return;
    const events = channel("kv.test");
    const message = "x".repeat(100_000);
    for (let lines = 0; lines < 100; lines++) events.publish({ level: "info", message });
    events.publish({ level: "fatal", message: "all was said" });
  },
});
