/** What `npm start` runs: the application and its control socket, until a signal stops them. */
import { hostname } from "node:os";
import { createControl, namingOf, runSystem } from "@kv/application";
import manifest from "../package.json" with { type: "json" };
import { greeter } from "../src/application.ts";

const naming = namingOf([greeter], "greeter");
const control = createControl({ applications: [greeter], naming, version: manifest.version });

await runSystem({
  applications: [
    { application: greeter, mode: "permanent" },
    { application: control, mode: "permanent" },
  ],
  configuration: {
    configFile: "config/config.ts",
    runtimeFile: "config/runtime.ts",
    configEnv: process.env["KV_ENV"] ?? "dev",
    variables: process.env,
    node: { name: "greeter", host: hostname() },
  },
  process,
});
