import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Assembly } from "../assemble/assembly.ts";
import { ReleaseError } from "../errors.ts";
import type { Release } from "../release.ts";
import { runtimeProgram } from "../runtime/include-runtime.ts";
import { platformName } from "../runtime/targets.ts";
import { askNode } from "./ask-node.ts";
import { type ArgumentProblem, type NodeArgument, parseNodeArguments } from "./node-arguments.ts";

/** With these Node runs something else than the release, or nothing at all. */
const NOT_THE_PROGRAM = new Set([
  ..."-e --eval -p --print -pe -c --check -i --interactive -h --help -v --version --v8-options".split(
    " ",
  ),
  ..."--test --watch --watch-path --run --prof-process --build-snapshot --build-snapshot-config".split(
    " ",
  ),
  ..."--build-sea --experimental-sea-config --completion-bash --".split(" "),
]);

/** cmd.exe gives them a meaning of its own. */
const NOT_ON_WINDOWS = /[&|<>^!%]/u;

/** The text of a file of Node's flags. */
export interface FlagsFile {
  /** As it is to be named: the template that somebody has written. */
  readonly file: string;
  readonly text: string;
}

/**
 * Finds what Node would refuse in a `vm.args`, so that a release is not assembled that cannot be started. It asks the very Node of
 * the release where this machine can run it, otherwise the one that assembles. Throws `RELEASE_REFUSED`: all problems, each
 * with file and line.
 */
export async function checkNodeFlags(
  release: Release,
  { file, text }: FlagsFile,
  { signal }: Assembly,
): Promise<void> {
  const { words, problems } = parseNodeArguments(text);
  const found = [...problems, ...words.flatMap((word) => misplaced(word, release))];
  if (found.length === 0 && words.length > 0) {
    found.push(...(await unknownFlags(nodeOf(release), words, signal)));
  }
  if (found.length === 0) return;
  const told = found
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, problem }) => `${file}:${line}: ${problem}`);
  throw new ReleaseError("RELEASE_REFUSED", { problem: told.join("\n") });
}

function misplaced({ word, line }: NodeArgument, { options }: Release): readonly ArgumentProblem[] {
  const [flag = ""] = word.split("=", 1);
  if (NOT_THE_PROGRAM.has(flag)) {
    return [{ line, problem: `with ${flag} Node does not run the release` }];
  }
  if (options.executables.includes("windows") && NOT_ON_WINDOWS.test(word)) {
    return [
      { line, problem: `${word} has one of & | < > ^ ! %, which cannot be there on Windows` },
    ];
  }
  return [];
}

/** One question for all of them; only where the answer is no, one for each line. */
async function unknownFlags(
  node: string,
  words: readonly NodeArgument[],
  signal: AbortSignal,
): Promise<readonly ArgumentProblem[]> {
  const all = await askNode(
    node,
    words.map(({ word }) => word),
  );
  if (all.type === "known") return [];
  const problems: ArgumentProblem[] = [];
  for (const group of flagsWithValues(words)) {
    signal.throwIfAborted();
    const verdict = await askNode(node, group.words);
    const shown = group.words.join(" ");
    const { line } = group;
    if (verdict.type === "program") {
      problems.push({ line, problem: `${shown} is no flag of Node; write --flag=value` });
    } else if (verdict.type === "refused") {
      problems.push({ line, problem: inWords(group.words[0] ?? "", verdict.reason) });
    }
  }
  if (problems.length > 0) return problems;
  // Each is fine by itself: it is the combination that is not.
  const reason = all.type === "refused" ? all.reason : "one of the words is no flag";
  return [{ line: words[0]?.line ?? 1, problem: `together, Node refuses the flags: ${reason}` }];
}

function inWords(flag: string, reason: string): string {
  if (!reason.startsWith("bad option")) return `Node refuses ${flag}: ${reason}`;
  return `Node has no flag ${flag}; node --help and node --v8-options list those there are`;
}

/** A flag, and the words behind it that are no flags: `--require ./first.cjs`. */
function flagsWithValues(
  words: readonly NodeArgument[],
): readonly { readonly line: number; readonly words: readonly string[] }[] {
  const groups: { line: number; words: string[] }[] = [];
  for (const { word, line } of words) {
    const last = groups.at(-1);
    if (last === undefined || word.startsWith("-")) groups.push({ line, words: [word] });
    else last.words.push(word);
  }
  return groups;
}

function nodeOf(release: Release): string {
  const own = runtimeProgram(release);
  if (own === undefined || release.target.name !== platformName(process)) return process.execPath;
  const program = join(release.path, own);
  return existsSync(program) ? program : process.execPath;
}
