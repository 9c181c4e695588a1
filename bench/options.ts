import { tmpdir } from "node:os";
import { parseArgs } from "node:util";

/** What `npm run bench` was asked for. */
export interface Options {
  readonly quick: boolean;
  /** Names of experiments; all of them when it is empty. */
  readonly only: readonly string[];
  readonly markdown: boolean;
  /** Whether the results go into bench/README.md. */
  readonly write: boolean;
  readonly jsonFile: string | undefined;
  /** The folder in which the run makes its own. */
  readonly directory: string;
  readonly seed: number;
  readonly help: boolean;
}

/** Throws an `Error` that says what is wrong with `words`. */
export function parseOptions(words: readonly string[], names: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      markdown: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      json: { type: "string" },
      dir: { type: "string", default: tmpdir() },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const only = values.only.split(",").filter((name) => name !== "");
  const stranger = only.find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new Error(`There is no experiment "${stranger}": expected ${names.join(", ")}`);
  }
  if (values.write && (values.quick || only.length > 0)) {
    throw new Error(
      "Cannot write the results of a part of the run: --write goes without --quick and --only",
    );
  }
  const seed = Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31) {
    throw new Error(`Cannot take "${values.seed}" for a seed: expected a whole number below 2^31`);
  }
  const { quick, markdown, write, help, dir: directory, json: jsonFile } = values;
  return { quick, only, markdown, write, jsonFile, directory, seed, help };
}
