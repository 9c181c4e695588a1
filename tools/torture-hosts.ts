/** `npm run torture:hosts`: three nodes on hosts of their own, all that can come between them, and a check of every request. */
import { parseArgs } from "node:util";
import { chooseSeed } from "../test/harness/random.ts";
import { type FaultName, faultNames } from "../test/hosts/fault-deck.ts";
import { auditText, faultText } from "../test/hosts/fault-text.ts";
import { reasonAgainstHosts } from "../test/hosts/host-network.ts";
import { HostsFailure } from "../test/hosts/play-faults.ts";
import { tortureHosts } from "../test/hosts/torture-hosts.ts";

const USAGE = `Usage: npm run torture:hosts -- [--cycles N] [--seed N] [--only FAULT,FAULT]

Makes three hosts (network namespaces: Linux, as root, with iproute2 and nftables), starts a node on each, and has
clients on all of them write and read while faults come and go: ${faultNames.join(", ")}.
After every twenty of them it checks every request of every client, and begins anew with other nodes.

  --cycles N  how many faults (100)
  --seed N    replays the draws of a run that printed this seed
  --only ...  only these faults
  --help      this text

The exit code is 0 when all promises were kept, 1 when not, 64 for a wrong option, and 69 where hosts cannot be made.
`;

interface Options {
  readonly cycles: number;
  readonly seed: number;
  readonly kinds: readonly FaultName[];
}

async function main(): Promise<number> {
  let options: Options | undefined;
  try {
    options = parseOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 64;
  }
  if (options === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  const reason = reasonAgainstHosts();
  if (reason !== false) {
    console.error(reason);
    return 69;
  }
  return torture(options);
}

function parseOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      cycles: { type: "string", default: "100" },
      seed: { type: "string" },
      only: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return undefined;
  const cycles = Number(values.cycles);
  if (!Number.isInteger(cycles) || cycles < 1) {
    throw new RangeError(`Cannot play "${values.cycles}" faults: expected a whole number from 1`);
  }
  const kinds = values.only === undefined ? faultNames : parseFaults(values.only);
  return { cycles, seed: chooseSeed(values.seed), kinds };
}

function parseFaults(text: string): readonly FaultName[] {
  return text.split(",").map((word) => {
    const fault = faultNames.find((name) => name === word);
    if (fault !== undefined) return fault;
    throw new RangeError(`Cannot play "${word}": there are ${faultNames.join(", ")}`);
  });
}

async function torture({ cycles, seed, kinds }: Options): Promise<0 | 1> {
  const only = kinds === faultNames ? "" : ` --only ${kinds.join(",")}`;
  console.log(`seed ${seed}: --cycles ${cycles} --seed ${seed}${only} replays it`);
  let slowestMs = 0;
  let faults = 0;
  try {
    await tortureHosts({
      cycles,
      seed,
      kinds,
      onFault: (report) => {
        faults += 1;
        slowestMs = Math.max(slowestMs, report.backMs);
        console.log(faultText(report));
      },
      onRound: (report) => console.log(auditText(report)),
    });
  } catch (error) {
    if (!(error instanceof HostsFailure)) throw error;
    console.error(error.message);
    return 1;
  }
  console.log(`${faults} faults, served again after ${Math.round(slowestMs)} ms at the latest`);
  return 0;
}

process.exitCode = await main();
