import { VALUE_BYTES } from "../data/population.ts";
import type { Traffic } from "../data/traffic.ts";
import type { LoadTarget } from "../load/run-load.ts";
import type { Measurement } from "../measure/measurement.ts";

/** What redis-benchmark writes to and asks for: it puts twelve digits of its own in place of one word. */
export const TOOL = {
  bucket: "redis-benchmark",
  value: "v".repeat(VALUE_BYTES.mean),
  /** The key that the tool makes of the number `index`. */
  keyOf: (index: number): string => `key:${String(index).padStart(12, "0")}`,
} as const;
const TOOL_KEY = "key:__rand_int__";

/** The words that redis-benchmark is started with for `operations` of a `traffic` to `target`. */
export function toolWords(
  { port, login }: Pick<LoadTarget, "port" | "login">,
  { operation, connections, pipeline }: Pick<Traffic, "operation" | "connections" | "pipeline">,
  { operations, keys }: { operations: number; keys: number },
): readonly string[] {
  const command = operation === "get" ? ["HGET"] : ["HSET"];
  return [
    ["-h", "127.0.0.1", ...count("-p", port)],
    login === undefined ? [] : ["--user", login.name, "-a", login.password],
    [...count("-c", connections), ...count("-P", pipeline)],
    [...count("-n", operations), ...count("-r", keys), "--csv"],
    [...command, TOOL.bucket, TOOL_KEY],
    operation === "get" ? [] : [TOOL.value],
  ].flat();
}

/** What one run of redis-benchmark has to say. */
export interface ToolFigures {
  readonly perSecond: number;
  readonly latencyUs: NonNullable<Measurement["latencyUs"]>;
}

/** Reads what `redis-benchmark --csv` of one command prints: names, and a line of figures. Throws when it is not that. */
export function parseToolCsv(text: string): ToolFigures {
  const [names = [], figures = []] = text.trim().split("\n").map(cellsOf);
  const figure = (name: string): number => {
    const value = Number.parseFloat(figures[names.indexOf(name)] ?? "");
    if (Number.isFinite(value)) return value;
    throw new Error(`redis-benchmark has printed no "${name}":\n${text}`);
  };
  return {
    perSecond: figure("rps"),
    latencyUs: {
      p50: figure("p50_latency_ms") * 1_000,
      p99: figure("p99_latency_ms") * 1_000,
      max: figure("max_latency_ms") * 1_000,
    },
  };
}

function count(name: string, value: number): readonly string[] {
  return [name, String(value)];
}

function cellsOf(line: string): readonly string[] {
  return line.trim().replace(/^"|"$/gu, "").split('","');
}
