import type { LoadCalls } from "../load/worker.ts";
import type { Populations } from "../processes/populations.ts";
import type { Progress } from "../processes/progress.ts";
import type { WorkerProcess } from "../processes/worker-process.ts";
import type { Workplace } from "../processes/workplace.ts";
import type { Report } from "../report/report.ts";
import type { Scale } from "../scale.ts";

/** What an experiment works with. */
export interface Bench {
  readonly scale: Scale;
  readonly workplace: Workplace;
  readonly populations: Populations;
  readonly progress: Progress;
  /** The process that all traffic over the network comes from. */
  readonly load: WorkerProcess<LoadCalls>;
  /** What all draws come from. */
  readonly seed: number;
}

/** One question, and the way to its answer. */
export interface Experiment {
  readonly name: string;
  readonly question: string;
  run(bench: Bench): Promise<Omit<Report, "name" | "question">>;
}
