/**
 * A whole node as a process, for the tests of the process boundary: an application that does what its first
 * argument says.
 *
 * `serve` runs until it is told to stop; `busy` cannot listen; `bug` has one; `chatty` fills its log.
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

class PortInUse extends Error {
  readonly kind = "operating-failure";
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
          start: async () => {
            if (behaviour === "busy")
              throw new PortInUse("Cannot listen on port 4040: it is in use");
            if (behaviour === "bug") setImmediate(() => Object(undefined).length.missing);
            const alive = setInterval(() => {}, 1_000);
            return {
              finished: Promise.withResolvers<void>().promise,
              [Symbol.asyncDispose]: async () => clearInterval(alive),
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
