import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  createEnvironmentReader,
  type EnvironmentReader,
  type VariableRead,
  type Variables,
} from "./environment-reader.ts";
import { traceVariables } from "./origins.ts";
import type { ConfigurationValues } from "./values.ts";

/** What depends on each variable that `config` reads, as `{ PORT: ["kv.port"] }`. */
function dependents(
  config: (env: EnvironmentReader) => ConfigurationValues,
  variables: Variables,
): Record<string, readonly string[]> {
  const evaluate = (given: Variables) => {
    const reads: VariableRead[] = [];
    const values = config(createEnvironmentReader(given, (read) => reads.push(read)));
    return { values, reads };
  };
  const traced = traceVariables(evaluate, variables, evaluate(variables));
  return Object.fromEntries([...traced].map(([name, keys]) => [name, [...keys]]));
}

suite("traceVariables() finds what depends on a variable", () => {
  const rows: readonly (readonly [
    string,
    (env: EnvironmentReader) => ConfigurationValues,
    Variables,
    Record<string, readonly string[]>,
  ])[] = [
    [
      "by itself",
      (env) => ({ kv: { port: env.integer("PORT"), host: "a" } }),
      { PORT: "1" },
      { PORT: ["kv.port"] },
    ],
    [
      "in an expression",
      (env) => ({ kv: { port: (env.integer("PORT") ?? 4040) + 1 } }),
      { PORT: "7" },
      { PORT: ["kv.port"] },
    ],
    [
      "though it equals the default",
      (env) => ({ kv: { port: env.integer("PORT") ?? 4040 } }),
      { PORT: "4040" },
      { PORT: ["kv.port"] },
    ],
    [
      "at the upper bound of its range",
      (env) => ({ kv: { port: env.integer("PORT", { min: 5, max: 9 }) ?? 9 } }),
      { PORT: "9" },
      { PORT: ["kv.port"] },
    ],
    [
      "though it is unset, or malformed",
      (env) => ({ kv: { port: env.integer("PORT"), tls: env.boolean("TLS") } }),
      { TLS: "perhaps" },
      { PORT: ["kv.port"], TLS: ["kv.tls"] },
    ],
    [
      "by a branch",
      (env) => (env.boolean("TLS") === true ? { kv: { port: 1, cert: "x" } } : { kv: { port: 2 } }),
      { TLS: "no" },
      { TLS: ["kv.port", "kv.cert"] },
    ],
    [
      "in several keys, one of several variables",
      (env) => ({
        kv: { node: `${env.string("NAME")}@${env.string("HOST")}` },
        web: { name: env.string("NAME") },
      }),
      { NAME: "a", HOST: "b" },
      { NAME: ["kv.node", "web.name"], HOST: ["kv.node"] },
    ],
    [
      "by its members",
      (env) => ({ kv: { peers: env.list("PEERS"), first: env.list("PEERS")?.[0] } }),
      { PEERS: "a, b" },
      { PEERS: ["kv.peers", "kv.first"] },
    ],
    [
      "though another value makes the function throw",
      (env) => ({ kv: { url: new URL(env.string("URL") ?? "http://localhost").href } }),
      { URL: "http://a" },
      { URL: ["kv.url"] },
    ],
    [
      "which is nothing",
      (env) => ({ kv: { port: env.string("X") === "" } }),
      { X: "a" },
      { X: [] },
    ],
  ];
  for (const [title, config, variables, expected] of rows) {
    test(title, () => assert.deepEqual(dependents(config, variables), expected));
  }
});
