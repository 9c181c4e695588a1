import type { Percentiles } from "./histogram.ts";

/** What one stretch of traffic showed. */
export interface Measurement {
  readonly operations: number;
  readonly elapsedMs: number;
  /** User and system time of the process that holds the store; `undefined` where the system does not tell. */
  readonly cpuUs: number | undefined;
  /** The same of the node that passed the operations on; `undefined` where there was none, too. */
  readonly frontCpuUs?: number | undefined;
  /** From a request's write to its reply, in microseconds; `undefined` for traffic inside one process. */
  readonly latencyUs: Percentiles | undefined;
  /** User and system time of the load generator, when that is another process. */
  readonly generatorCpuUs: number | undefined;
  /** The share of the reads that found their value in memory, 0 to 1; `undefined` where the engine does not tell. */
  readonly cacheHits: number | undefined;
  /** Whether it began while a process of the run was still at work on its own, and was waited for in vain. */
  readonly isDisturbed?: boolean;
}

/** Operations a second. */
export function perSecond({ operations, elapsedMs }: Measurement): number {
  return (operations / elapsedMs) * 1_000;
}

/** Time on the clock for one operation, in microseconds, with everything in flight that the traffic has. */
export function wallUsPerOperation({ operations, elapsedMs }: Measurement): number {
  return (elapsedMs * 1_000) / operations;
}

/** `NaN` where the system does not tell. */
export function cpuUsPerOperation({ operations, cpuUs }: Measurement): number {
  return (cpuUs ?? Number.NaN) / operations;
}

/** The CPU time of the node that passed it on; `NaN` where there was none. */
export function frontCpuUsPerOperation({ operations, frontCpuUs }: Measurement): number {
  return (frontCpuUs ?? Number.NaN) / operations;
}

/** The share of one core that the load generator used, from 0 to 1; 0 when there was none. */
export function generatorShare({ generatorCpuUs, elapsedMs }: Measurement): number {
  return (generatorCpuUs ?? 0) / (elapsedMs * 1_000);
}
