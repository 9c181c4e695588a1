import { createServer } from "node:http";
import type { Application, EnvironmentDeclaration } from "@kv/application";
import { station } from "@weather/station";
import * as v from "valibot";
import { answerTo } from "./answer.ts";
import { emit, httpChannel } from "./events.ts";
import { listen } from "./listen.ts";

const port = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.maxValue(65_535, "expected a port: a whole number from 0 to 65535"),
);

/** What may be configured for the application `station-http`. */
export const environment = {
  port: {
    schema: port,
    default: 8080,
    doc: "Port on 127.0.0.1; 0 takes a free one.",
    startOnly: true,
  },
} satisfies EnvironmentDeclaration;

/** Serves the readings over HTTP, on this machine only. Its API is the port. */
export const stationHttp: Application<typeof environment, { readonly port: number }> = {
  name: "station-http",
  description: "Serves the readings over HTTP.",
  dependencies: [station],
  environment,
  channels: [httpChannel],
  start: async (context) => {
    const readings = context.use(station);
    const server = createServer((request, response) => {
      const { method = "", url = "" } = request;
      const { status, body } = answerTo({ method, path: url }, readings);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(`${JSON.stringify(body)}\n`);
    });
    const bound = await listen(server, context.environment.port);
    emit({ level: "info", type: "listening", message: `Serving readings on port ${bound}` });
    const { promise: finished, reject } = Promise.withResolvers<void>();
    server.once("error", reject);
    return {
      api: { port: bound },
      status: () => ({ address: `127.0.0.1:${bound}` }),
      finished,
      async [Symbol.asyncDispose]() {
        server.close();
        server.closeAllConnections();
      },
    };
  },
};
