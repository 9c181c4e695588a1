/** `npm run torture:replicated`: clusters of real servers under writers, all that can befall them, and an audit of every acknowledged write. */
import { parseArgs } from "node:util";
import { competitionText } from "../test/replicated/competing-writers.ts";
import { type FaultName, faultNames } from "../test/replicated/fault-deck.ts";
import { tortureReplicated } from "../test/replicated/torture-replicated.ts";
import { withoutServer } from "./replicated/server-program.ts";

const USAGE = `Usage: npm run torture:replicated -- [--runs N] [--only FAULT,FAULT]

Starts three primaries with two replicas each, has writers insert, overwrite and count up through two stores, lets a fault
befall the servers, heals them, and checks that every acknowledged write is there. For each of these, with new servers:
${faultNames.join(", ")}.

  --runs N    how often each (1)
  --only ...  only these faults
  --help      this text

The exit code is 0 when all was kept, 1 when not, 64 for a wrong option, and 69 without servers.
`;

const MISUSE = 64;
const UNAVAILABLE = 69;

const wanted = parse();
if (wanted !== undefined) await run(wanted);

interface Wanted {
  readonly runs: number;
  readonly only: readonly FaultName[];
}

async function run({ runs, only }: Wanted): Promise<void> {
  if (withoutServer !== false) {
    console.error(withoutServer);
    process.exitCode = UNAVAILABLE;
    return;
  }
  for (let index = 1; index <= runs; index += 1) {
    for (const name of only) {
      const audit = await tortureReplicated(name);
      console.log(`${name.padEnd(16)} ${competitionText(audit)}`);
      for (const flaw of audit.flaws) console.log(`  ${flaw}`);
      if (audit.flaws.length > 0) process.exitCode = 1;
    }
  }
}

function parse(): Wanted | undefined {
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: "string", default: "1" },
        only: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return undefined;
    }
    const runs = Number(values.runs);
    if (!Number.isInteger(runs) || runs < 1) throw new TypeError(`--runs: "${values.runs}"`);
    return { runs, only: faultsIn(values.only) };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = MISUSE;
    return undefined;
  }
}

function faultsIn(text: string | undefined): readonly FaultName[] {
  if (text === undefined) return faultNames;
  const words = text.split(",");
  const unknown = words.find((word) => !faultNames.some((name) => name === word));
  if (unknown !== undefined)
    throw new TypeError(`--only: there is no fault ${JSON.stringify(unknown)}`);
  return faultNames.filter((name) => words.includes(name));
}
