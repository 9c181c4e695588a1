import { globSync } from "node:fs";

/** Test files that run together. */
export interface Suite {
  readonly name: string;
  /** Patterns, from the checkout's root. */
  readonly patterns: readonly string[];
  /** How many files run at once. Where nodes mostly wait it is two; what breaks things, measures time or starts a cluster has the machine to itself. */
  readonly concurrency: number;
  /** Beside those of this process. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Makes ready what all of its files use. */
  readonly prepare?: () => Promise<Preparation>;
}

/** What was made ready for a suite; it goes with its end. */
export interface Preparation extends AsyncDisposable {
  /** By which the files find it. */
  readonly variables: Readonly<Record<string, string>>;
}

/** All suites, in the order in which they run: what says most about a mistake in the least time comes first. */
export const suites: readonly Suite[] = [
  {
    name: "unit",
    patterns: ["{apps,bench,config,examples,libs,tools}/**/*.test.ts"],
    concurrency: 2,
  },
  { name: "harness", patterns: ["test/{harness,lint,runner}/**/*.test.ts"], concurrency: 2 },
  { name: "scenarios", patterns: ["test/scenarios/**/*.test.ts"], concurrency: 1 },
  { name: "redis", patterns: ["test/redis/**/*.test.ts"], concurrency: 2 },
  { name: "faults", patterns: ["test/faults/**/*.test.ts"], concurrency: 1 },
  { name: "linearizability", patterns: ["test/linearizability/**/*.test.ts"], concurrency: 1 },
  { name: "hosts", patterns: ["test/hosts/**/*.test.ts"], concurrency: 1 },
  { name: "replicated", patterns: ["test/replicated/**/*.test.ts"], concurrency: 1 },
  {
    // The same files once more, with nodes whose buckets lie in a cluster.
    name: "replicated-clients",
    patterns: [
      "test/scenarios/scenarios.test.ts",
      "test/redis/{clients,differential}/**/*.test.ts",
      // Not what the docs print: revisions are other texts there.
      "test/redis/tools/redis-*.test.ts",
    ],
    concurrency: 1,
    variables: { KV_TEST_TIER: "replicated" },
    prepare: async () => {
      const { sharedCluster } = await import("./shared-cluster.ts");
      return await sharedCluster();
    },
  },
  { name: "releases", patterns: ["test/releases/**/*.test.ts"], concurrency: 2 },
  { name: "e2e", patterns: ["test/e2e/**/*.test.ts"], concurrency: 2 },
];

const exclude = ["**/node_modules/**"];

/** The suite's files below `root`, in alphabetical order. */
export function filesOf(suite: Suite, root: string): readonly string[] {
  return globSync([...suite.patterns], { cwd: root, exclude }).toSorted();
}

/** Test files below `root` that belong to no suite, and so would never run. */
export function strayFiles(root: string): readonly string[] {
  const known = new Set(suites.flatMap((suite) => filesOf(suite, root)));
  const all = globSync("**/*.test.ts", { cwd: root, exclude }).toSorted();
  return all.filter((file) => !known.has(file));
}

/** What there is to run: the files of one suite that were asked for. */
export interface Selection {
  readonly suite: Suite;
  readonly files: readonly string[];
}

/**
 * The suites and files that `words` name: the name of a suite, a file, or a folder. No words name everything. A word
 * that names nothing is returned in `unknown`.
 */
export function select(
  words: readonly string[],
  root: string,
): { readonly selected: readonly Selection[]; readonly unknown: readonly string[] } {
  const wanted = words.map((word) => word.replace(/^\.\//u, "").replace(/\/$/u, ""));
  const all = suites.map((suite) => ({ suite, files: filesOf(suite, root) }));
  const selected = all
    .map(({ suite, files }) => ({
      suite,
      files: files.filter(
        (file) => wanted.length === 0 || wanted.some((word) => isNamedBy(word, suite, file)),
      ),
    }))
    .filter(({ files }) => files.length > 0);
  const unknown = wanted.filter(
    (word) =>
      !selected.some(({ suite, files }) => files.some((file) => isNamedBy(word, suite, file))),
  );
  return { selected, unknown };
}

function isNamedBy(word: string, suite: Suite, file: string): boolean {
  return word === suite.name || word === file || file.startsWith(`${word}/`);
}
