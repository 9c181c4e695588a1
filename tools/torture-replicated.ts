/**
 * `npm run torture:replicated`: clusters of real servers under writers, all that can befall them and their hosts, and an audit of every acknowledged
 * write.
 */
import { parseArgs } from "node:util";
import { reasonAgainstHosts } from "../test/hosts/host-network.ts";
import { auditText, type WritersAudit } from "../test/replicated/audit-ledgers.ts";
import { type FaultName, faultNames } from "../test/replicated/fault-deck.ts";
import {
  type HostFaultName,
  hostFaultNames,
  hostFaults,
  tortureHosts,
} from "../test/replicated/hosts/host-faults.ts";
import { tortureForgetful, tortureReplicated } from "../test/replicated/torture-replicated.ts";
import { withoutServer } from "./replicated/server-program.ts";

const FORGETFUL = "forgetful";

const USAGE = `Usage: npm run torture:replicated -- [--runs N] [--only FAULT,FAULT]

Starts three primaries with two replicas each, has writers insert, overwrite and count up through two nodes, lets a fault
befall the servers, heals them, and checks that every acknowledged write is there. For each of these, with new servers:
${faultNames.join(", ")};
and with servers on hosts of their own (network namespaces: Linux, as root, with iproute2 and nftables), on which there
are writers, too: ${hostFaultNames.join(", ")}.
In partitions other writers ask for less than the rule, and have to lose something, and so have servers with
"appendonly no" (${FORGETFUL}): the audit can fail.

  --runs N    how often each (1)
  --only ...  only these faults
  --help      this text

The exit code is 0 when all was kept, 1 when not, 64 for a wrong option, and 69 without servers. Where hosts cannot be made
their faults are left out, which is said.
`;

const MISUSE = 64;
const UNAVAILABLE = 69;
const NAME_WIDTH = 19;

const wanted = parse();
if (wanted !== undefined) await run(wanted);

interface Wanted {
  readonly runs: number;
  readonly faults: readonly FaultName[];
  readonly hostFaults: readonly HostFaultName[];
  readonly isForgetful: boolean;
}

async function run({ runs, faults, hostFaults: ofHosts, isForgetful }: Wanted): Promise<void> {
  if (withoutServer !== false) {
    console.error(withoutServer);
    process.exitCode = UNAVAILABLE;
    return;
  }
  const reason = ofHosts.length > 0 && reasonAgainstHosts();
  for (let index = 1; index <= runs; index += 1) {
    for (const name of faults) report(name, await tortureReplicated(name));
    for (const name of reason === false ? ofHosts : []) {
      const { live, weak } = await tortureHosts(name);
      report(name, live);
      if (weak !== undefined) reportWeak(`  with ${hostFaults[name].weak}`, weak);
    }
    if (isForgetful) reportWeak(FORGETFUL, await tortureForgetful());
  }
  if (reason !== false) console.log(`SKIPPED: ${ofHosts.join(", ")}: ${reason}`);
}

function report(name: string, audit: WritersAudit): void {
  console.log(`${name.padEnd(NAME_WIDTH)} ${auditText(audit)}`);
  for (const flaw of audit.flaws) console.log(`  ${flaw}`);
  if (audit.flaws.length > 0) process.exitCode = 1;
}

/** What those lost who asked for less; nothing would mean that the audit finds nothing. */
function reportWeak(name: string, audit: WritersAudit): void {
  console.log(`${name.padEnd(NAME_WIDTH)} ${auditText(audit)}`);
  if (audit.lost + audit.reverted > 0) return;
  console.log("  nothing was lost that had to be lost: the audit cannot fail");
  process.exitCode = 1;
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
    return { runs, ...faultsIn(values.only) };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = MISUSE;
    return undefined;
  }
}

function faultsIn(text: string | undefined): Omit<Wanted, "runs"> {
  if (text === undefined) {
    return { faults: faultNames, hostFaults: hostFaultNames, isForgetful: true };
  }
  const words = text.split(",");
  const known = new Set<string>([...faultNames, ...hostFaultNames, FORGETFUL]);
  const unknown = words.find((word) => !known.has(word));
  if (unknown !== undefined)
    throw new TypeError(`--only: there is no fault ${JSON.stringify(unknown)}`);
  return {
    faults: faultNames.filter((name) => words.includes(name)),
    hostFaults: hostFaultNames.filter((name) => words.includes(name)),
    isForgetful: words.includes(FORGETFUL),
  };
}
