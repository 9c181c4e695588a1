import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { NodeProcess } from "../harness/node-process.ts";
import type { Operated } from "../harness/operator.ts";
import { runTool } from "./run-tool.ts";

/** Variables beside or instead of the usual ones; `undefined` takes one away. */
type Variables = Readonly<Record<string, string | undefined>>;

/** Machines on which releases run: their nodes find each other, have free ports, and are gone in the end. */
export interface Machine extends AsyncDisposable {
  /** The release in `folder`, by the name of its folder. */
  release(folder: string, variables?: Variables): Released;
}

/** An assembled release, used by its script. */
export interface Released {
  readonly root: string;
  readonly name: string;
  /** What its processes find in the variables of the operating system. */
  readonly environment: Variables;
  /** `bin/NAME WORDS`, to its end, with `input` as its standard input. */
  run(words: readonly string[], variables?: Variables, input?: string): Promise<Operated>;
  /** What `bin/NAME WORDS` prints, of a run that has to end well. */
  printed(...words: readonly string[]): Promise<string>;
  /** `bin/NAME start`, which may well refuse. */
  spawn(variables?: Variables): NodeProcess;
  /** `bin/NAME WORDS`, while it runs: without standard input. */
  spawnCommand(...words: readonly string[]): NodeProcess;
  /** `bin/NAME start`; resolves when all of the node runs. */
  start(variables?: Variables): Promise<NodeProcess>;
}

/** An empty machine, with the plainest of paths: what runs has come with the release. */
export async function openMachine(): Promise<Machine> {
  // Short: the paths of sockets may not be long.
  const directory = await mkdtemp(join(tmpdir(), "kv-m-"));
  const nodes: NodeProcess[] = [];
  const usual: Variables = {
    PATH: "/usr/bin:/bin",
    PORT: "0",
    HOME: directory,
    XDG_RUNTIME_DIR: directory,
    KV_DATA_DIR: undefined,
    KV_ENV: undefined,
    RELEASE_COOKIE: undefined,
    NODE_COMPILE_CACHE: undefined,
  };
  const release: Machine["release"] = (root, variables = {}) => {
    const name = basename(root);
    const script = join(root, "bin", name);
    const run: Released["run"] = (words, more, input) => {
      const env = { ...usual, ...variables, ...more };
      return runTool([script, ...words], { cwd: directory, env, input });
    };
    const begin = (words: readonly string[], more: Variables = {}): NodeProcess => {
      const env = { ...usual, ...variables, ...more };
      const node = NodeProcess.spawn({ dataDirectory: root, program: [script, ...words], env });
      nodes.push(node);
      return node;
    };
    const spawn: Released["spawn"] = (more) => begin(["start"], more);
    return {
      root,
      name,
      environment: { ...usual, ...variables },
      run,
      async printed(...words) {
        const { code, stdout, stderr } = await run(words);
        if (code === 0) return stdout;
        throw new Error(`${name} ${words.join(" ")} ended with ${code}: ${stderr}${stdout}`);
      },
      spawn,
      spawnCommand: (...words) => begin(words),
      async start(more) {
        const node = spawn(more);
        await node.logged(/"type":"system-started"/u);
        return node;
      },
    };
  };
  return {
    release,
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Variables by which a script that has no Node of its own finds the one that runs the tests. */
export const withNode: Variables = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
