import { availableParallelism, cpus, totalmem } from "node:os";

/** What the figures were taken on, in words: nothing that names the machine or its owner. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.replaceAll(/\s+/gu, " ").trim() ?? "unknown CPU";
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  return `${model}, ${availableParallelism()} cores, ${memoryGib} GiB, ${process.platform} ${process.arch}, Node ${process.version}`;
}
