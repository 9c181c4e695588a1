/** The process of the load generator: it has a core to itself, as far as there is one. */
import type { Traffic } from "../data/traffic.ts";
import type { Measurement } from "../measure/measurement.ts";
import { serveCalls } from "../processes/serve-calls.ts";
import { type LoadTarget, runLoad, runSweep } from "./run-load.ts";

/** Where traffic goes, and which. */
export interface LoadArgument {
  readonly target: LoadTarget;
  readonly traffic: Traffic;
}

/** What the load generator can be asked for. */
const calls = {
  run: ({ target, traffic }: LoadArgument): Promise<Measurement> => runLoad(target, traffic),
  sweep: ({ target, traffic }: LoadArgument): Promise<void> => runSweep(target, traffic),
};

/** What `WorkerProcess` knows of this process. */
export type LoadCalls = typeof calls;

serveCalls(calls);
