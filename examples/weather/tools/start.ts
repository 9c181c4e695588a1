/** What `npm start` runs: a node with all of the umbrella, until a signal stops it. */
import { runSystem } from "@kv/application";
import { applications, configurationIn } from "./umbrella.ts";

await runSystem({ applications, configuration: configurationIn(), process });
