import { createServer } from "node:net";
import type { Application, EnvironmentDeclaration } from "@kv/application";
import * as v from "valibot";
import { emit, greeterChannel } from "./events.ts";
import { greeting, languages } from "./greeting.ts";
import { listen } from "./listen.ts";

/** What may be configured for the application. */
export const environment = {
  language: {
    schema: v.picklist(languages, `expected one of ${languages.join(", ")}`),
    default: "en",
    doc: "What it greets in; a put shows at the next greeting.",
  },
  port: {
    schema: v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.maxValue(65_535, "expected a port: a whole number from 0 to 65535"),
    ),
    default: 7000,
    doc: "Port on 127.0.0.1; 0 takes a free one.",
    startOnly: true,
  },
} satisfies EnvironmentDeclaration;

/** Greets whoever connects, and hangs up. Its API is the port. */
export const greeter: Application<typeof environment, { readonly port: number }> = {
  name: "greeter",
  description: "Greets whoever connects.",
  dependencies: [],
  environment,
  channels: [greeterChannel],
  start: async ({ environment: values }) => {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.end(greeting(values.language, socket.remoteAddress ?? "somebody"));
    });
    const port = await listen(server, values.port);
    emit({ level: "info", type: "listening", message: `Greeting on port ${port}` });
    const { promise: finished, reject } = Promise.withResolvers<void>();
    server.once("error", reject);
    return {
      api: { port },
      finished,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
};
