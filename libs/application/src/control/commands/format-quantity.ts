const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `12 B`, `1.5 KiB`, `3.0 GiB`. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (Math.abs(size) >= 1024 && unit < byteUnits.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${byteUnits[unit]}`;
}

/** From the longest unit down, in milliseconds. */
const timeUnits = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
  [1, "ms"],
] as const;

/** `340 ms`, `12 s`, `3 min 5 s`, `2 d 4 h`: the largest unit and the next. */
export function formatDuration(ms: number): string {
  const whole = Math.round(ms);
  const index = timeUnits.findIndex(([length]) => whole >= length);
  const [length, unit] = timeUnits[index] ?? [1, "ms"];
  const first = `${Math.floor(whole / length)} ${unit}`;
  const next = timeUnits[index + 1];
  if (next === undefined || unit === "s") return first;
  const rest = Math.floor((whole % length) / next[0]);
  return rest === 0 ? first : `${first} ${rest} ${next[1]}`;
}
