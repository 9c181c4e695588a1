import { parseBytes } from "../harness/byte-text.ts";
import type { Setting } from "../harness/write-config.ts";
import type { Case, ConnectionVerb, NodeVerb, Scenario, Step } from "./scenario.ts";

const CASE = /^== (?<title>\S.*)$/u;
const ENV = /^env (?<name>[A-Z_]+)=(?<value>.*)$/u;
const SETTING = /^config (?<application>[a-z-]+)\.(?<path>[A-Za-z.]+) = (?<value>.+)$/u;
const STEP = /^(?<connection>[a-z]*)(?<mark>>>|>\d+|>|<|\*)(?: (?<text>.*))?$/u;
const CONNECTION_VERBS: readonly string[] = [
  "connect",
  "end",
  "reset",
  "open",
  "closed",
] satisfies ConnectionVerb[];
const NODE_VERBS: readonly string[] = ["restart", "kill"] satisfies NodeVerb[];

/** Reads a scenario file; throws a `SyntaxError` that names file and line. */
export function parseScenario(file: string, text: string): Scenario {
  const env: Record<string, string> = {};
  const settings: Setting[] = [];
  const cases: (Case & { readonly steps: Step[] })[] = [];
  for (const [index, source] of text.split("\n").entries()) {
    const line = index + 1;
    if (source === "" || source.startsWith("#")) continue;
    try {
      const title = CASE.exec(source)?.groups?.["title"];
      const current = cases.at(-1);
      if (title !== undefined) cases.push({ title, line, steps: [] });
      else if (current !== undefined) current.steps.push(parseStep(source, line));
      else readHeader(source, env, settings);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SyntaxError(`${file}:${line}: ${reason}`, { cause: error });
    }
  }
  return { file, env, settings, cases };
}

function readHeader(source: string, env: Record<string, string>, settings: Setting[]): void {
  const variable = ENV.exec(source)?.groups;
  const setting = SETTING.exec(source)?.groups;
  if (variable !== undefined) {
    env[variable["name"] ?? ""] = variable["value"] ?? "";
  } else if (setting !== undefined) {
    const value: unknown = JSON.parse(setting["value"] ?? "");
    const path = (setting["path"] ?? "").split(".");
    settings.push({ application: setting["application"] ?? "", path, value });
  } else {
    throw new SyntaxError(
      `expected "env NAME=value", "config application.key = JSON" or "== title"`,
    );
  }
}

function parseStep(source: string, line: number): Step {
  const groups = STEP.exec(source)?.groups;
  if (groups === undefined) throw new SyntaxError(`"${source}" is no step`);
  const { connection = "", mark = "", text = "" } = groups;
  if (mark === "*") return verbStep(text, connection, line);
  if (mark === "<") return { type: "expect", line, connection, reply: parseBytes(`${text}\\r\\n`) };
  if (mark === ">>") return { type: "send", line, connection, pieces: [parseBytes(text)] };
  const bytes = parseBytes(`${text}\\r\\n`);
  const pieces = mark === ">" ? [bytes] : cut(bytes, Number(mark.slice(1)));
  return { type: "send", line, connection, pieces };
}

function verbStep(verb: string, connection: string, line: number): Step {
  if (isConnectionVerb(verb)) return { type: verb, line, connection };
  if (isNodeVerb(verb) && connection === "") return { type: verb, line };
  throw new SyntaxError(`"${verb}" is none of ${[...CONNECTION_VERBS, ...NODE_VERBS].join(", ")}`);
}

function isConnectionVerb(verb: string): verb is ConnectionVerb {
  return CONNECTION_VERBS.includes(verb);
}

function isNodeVerb(verb: string): verb is NodeVerb {
  return NODE_VERBS.includes(verb);
}

function cut(bytes: Buffer, length: number): Buffer[] {
  if (length < 1) throw new SyntaxError("pieces have at least one byte");
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
}
