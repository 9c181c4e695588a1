/** `npm run bench:release`: what releases weigh, and how long they take to assemble and to start, beside the targets. */
import { describeMachine } from "./report/machine.ts";
import { measureReleases } from "./releases/measure-releases.ts";
import { releaseTable } from "./releases/release-table.ts";

/** How often foo is assembled and started: medians count. */
const rounds = 5;

const tell = (text: string): void => void process.stderr.write(`${text}\n`);
const figures = await measureReleases(rounds, tell);
process.stdout.write(`${describeMachine()}\n\n${releaseTable(figures)}`);
