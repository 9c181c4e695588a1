import type { ReleaseFigures } from "./measure-releases.ts";

/** What issue-makers and users were promised: bytes and milliseconds, at most. */
export const targets = {
  archiveBytes: 60e6,
  archiveWithoutNodeBytes: 2e6,
  assembleMs: 10_000,
  bootMs: 350,
  pidMs: 50,
  rpcMs: 250,
  idleBytes: 80e6,
} as const;

/** The figures for a person, a line each, with a target behind those that have one. */
export function releaseTable(figures: ReleaseFigures): string {
  const { assembleMs, bootMs, archiveBytes, archiveWithoutNodeBytes } = figures;
  const rows: readonly (readonly [what: string, found: string, target: string])[] = [
    ["", "found", "at most"],
    ["assembling foo", spread(assembleMs), seconds(targets.assembleMs)],
    ["foo.tar.gz, with Node", megabytes(archiveBytes), megabytes(targets.archiveBytes)],
    [
      "the same without Node",
      megabytes(archiveWithoutNodeBytes),
      megabytes(targets.archiveWithoutNodeBytes),
    ],
    ["bin/foo start, until it serves", spread(bootMs), seconds(targets.bootMs)],
    ["bin/foo pid", spread(figures.pidMs), seconds(targets.pidMs)],
    ["bin/foo rpc '1 + 1'", spread(figures.rpcMs), seconds(targets.rpcMs)],
    ["bin/foo stop, until it is gone", spread(figures.stopMs), ""],
    ["memory of an idle node", spreadBytes(figures.idleBytes), megabytes(targets.idleBytes)],
    ["packing", seconds(figures.packMs), ""],
    ["the folder", megabytes(figures.folderBytes), ""],
    ["our code in it", megabytes(figures.codeBytes), ""],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([what, found, target]) =>
    `${what.padEnd(widths[0] ?? 0)}  ${found.padEnd(widths[1] ?? 0)}  ${target}`.trimEnd(),
  );
  const missed = missedTargets(figures);
  const verdict = missed.length === 0 ? "All targets are met." : `Missed: ${missed.join(", ")}.`;
  return `${lines.join("\n")}\n\n${verdict}\n`;
}

/** The names of the targets that were not reached; of several rounds the median counts. */
export function missedTargets(figures: ReleaseFigures): readonly string[] {
  const found: readonly (readonly [name: keyof typeof targets, value: number])[] = [
    ["archiveBytes", figures.archiveBytes],
    ["archiveWithoutNodeBytes", figures.archiveWithoutNodeBytes],
    ["assembleMs", median(figures.assembleMs)],
    ["bootMs", median(figures.bootMs)],
    ["pidMs", median(figures.pidMs)],
    ["rpcMs", median(figures.rpcMs)],
    ["idleBytes", median(figures.idleBytes)],
  ];
  return found.filter(([name, value]) => value > targets[name]).map(([name]) => name);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Infinity;
}

function spread(timesMs: readonly number[]): string {
  const [least, most] = [Math.min(...timesMs), Math.max(...timesMs)];
  return `${seconds(median(timesMs))} (${seconds(least)} to ${seconds(most)})`;
}

function spreadBytes(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${megabytes(median(values))} (${megabytes(least)} to ${megabytes(most)})`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
