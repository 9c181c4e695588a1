import { findRedis, HOW_TO_INSTALL } from "../redis/redis-programs.ts";
import { showCount } from "../report/units.ts";
import type { Experiment } from "./experiment.ts";
import { measureAll, seriesOf } from "./measure-all.ts";
import { startBeside, startRouted } from "./routed-cells.ts";
import { besideTable, routedTable } from "./routed-report.ts";
import { besideVerdicts, routedVerdicts } from "./routed-verdicts.ts";

/**
 * What does a request cost whose bucket another node stores, and what does a dead or a frozen node cost those who do not ask
 * for it?
 *
 * *local*: clients of the owner itself. *routed*: the same clients of a node that stores nothing of it and passes all on;
 * with a store of its own, as nodes have one, and without any. *beside*: clients of a node's own buckets, while five others
 * ask the same node, a millisecond after each answer, for a bucket of a node that lives, has been stopped by SIGSTOP, or is
 * not there; and while nobody does. All by the bench's load generator, and by redis-benchmark where there is one.
 */
export const routed: Experiment = {
  name: "routed",
  question:
    "What does a bucket of another node cost, and a dead or frozen node those who ask for others?",
  async run(bench) {
    await using stack = new AsyncDisposableStack();
    bench.progress.tell("starting nodes that are linked");
    const programs = findRedis();
    const context = { bench, programs, stack };
    const parts = [await startRouted(context), await startBeside(context)];
    const cells = parts.flatMap((part) => part.cells);
    const measured = await measureAll(bench, cells);
    for (const part of parts) await part.assertSameKeys();
    const { routed: own, redis } = bench.scale;
    const far = `Routed to another node, ${showCount(own.keys)} keys, everysec, RESP`;
    const near = "A node's own keys, while others ask for a node that …";
    const byTool = `by redis-benchmark, ${showCount(redis.toolKeys)} keys`;
    const tables = [
      routedTable(far, measured, "load"),
      ...(programs ? [routedTable(`The same ${byTool}`, measured, "redis-benchmark")] : []),
      besideTable(near, measured, "load"),
      ...(programs ? [besideTable(`${near} ${byTool}`, measured, "redis-benchmark")] : []),
    ];
    const reason = `redis-benchmark is absent, so all was measured by one generator: ${HOW_TO_INSTALL}`;
    return {
      tables,
      verdicts: [...routedVerdicts(measured), ...besideVerdicts(measured)],
      skipped: programs ? [] : [reason],
      series: seriesOf(measured),
    };
  },
};
