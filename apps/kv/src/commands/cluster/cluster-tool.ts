import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import type { ToolAccess } from "../../cluster-care.ts";
import { failed } from "./cluster-of.ts";

/** What a run of the tool is given. */
export interface ToolRun {
  readonly access: ToolAccess;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** How a run ended. */
export interface ToolEnd {
  readonly code: number | null;
  /** The last lines that it printed. */
  readonly lines: readonly string[];
}

/** The servers' own tool, under either name: they are the same but for that. */
const TOOLS = ["redis-cli", "valkey-cli"] as const;
const INSTALL_LINE = "apt-get install redis-tools";
const KEPT_LINES = 12;

/**
 * Runs the servers' own tool with these words, and shows as progress what it prints. Rejects with `COMMAND_FAILED` where it is not installed. Given up by
 * the signal, it is ended; what it had begun may be half done. It ends with this process, too, however that ends: at the next line that it prints to nobody.
 */
export async function runTool(words: readonly string[], run: ToolRun): Promise<ToolEnd> {
  for (const tool of TOOLS) {
    const end = await tryTool(tool, words, run);
    if (end !== undefined) return end;
  }
  throw failed(
    "change the cluster",
    `${TOOLS.join(" or ")} is not installed here (${INSTALL_LINE})`,
  );
}

/** As {@link runTool}, and rejects when the tool fails. */
export async function runToolWell(words: readonly string[], run: ToolRun): Promise<void> {
  const { code, lines } = await runTool(words, run);
  if (run.signal.aborted) {
    throw failed(
      "change the cluster",
      "it was stopped in its midst: see cluster status and cluster fix",
    );
  }
  if (code !== 0) throw failed("change the cluster", reasonIn(lines));
}

function reasonIn(lines: readonly string[]): string {
  const errors = lines.filter((line) => /\[ERR\]|\*\*\*|error|could not/iu.test(line));
  return (errors.length > 0 ? errors : lines).join("; ");
}

async function tryTool(
  tool: string,
  words: readonly string[],
  { access, progress, signal }: ToolRun,
): Promise<ToolEnd | undefined> {
  const child = spawn(tool, [...accessWords(access), ...words], {
    env: environmentFor(access),
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      const shown = stripVTControlCharacters(line).trim();
      // A move prints a dot for each key.
      if (/^[.#]*$/u.test(shown)) return;
      lines.push(shown);
      if (lines.length > KEPT_LINES) lines.shift();
      progress(shown);
    });
  }
  const isMissing = new Promise<boolean>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code === "ENOENT");
    });
  });
  const closed = once(child, "close").then(
    () => false,
    () => false,
  );
  if (await Promise.race([isMissing, closed])) return undefined;
  await closed;
  return { code: child.exitCode, lines };
}

/** With the password among the variables: words every user of the machine can read. */
function environmentFor({ password }: ToolAccess): NodeJS.ProcessEnv {
  // tidy-allow: the tool is found, and speaks, as for this process
  const inherited = process.env;
  return password === undefined ? inherited : { ...inherited, REDISCLI_AUTH: password };
}

function accessWords({ username, password, tls }: ToolAccess): readonly string[] {
  const user = username === undefined ? [] : ["--user", username];
  const quiet = password === undefined ? [] : ["--no-auth-warning"];
  if (tls === undefined) return [...user, ...quiet];
  const { caFile, certificateFile, keyFile } = tls;
  return [
    ...user,
    ...quiet,
    "--tls",
    ...(caFile === undefined ? [] : ["--cacert", caFile]),
    ...(certificateFile === undefined ? [] : ["--cert", certificateFile]),
    ...(keyFile === undefined ? [] : ["--key", keyFile]),
  ];
}
