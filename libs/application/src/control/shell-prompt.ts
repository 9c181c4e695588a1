import { hostname } from "node:os";
import type { LiveSystem } from "../system/live-system.ts";
import { controlEnvironment } from "./environment.ts";

/** What a shell on the node shows before each line, as `control.prompt` says; `%n` is left for the number of the line. */
export function promptIn(system: Pick<LiveSystem, "getEnv">, node: string): string {
  const written = system.getEnv("control", "prompt");
  const name = node.includes("@") ? node : `${node}@${hostname().split(".", 1)[0]}`;
  const prompt = typeof written === "string" ? written : controlEnvironment.prompt.default;
  return prompt.replaceAll("%node", name);
}
