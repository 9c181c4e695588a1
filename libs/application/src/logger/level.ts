/** Levels of events, from the one that says most to the one that says least; pino's words and order. */
export const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** How much an event matters. `fatal`: the process is about to end. */
export type Level = (typeof levels)[number];

/** The level that `word` names. */
export function parseLevel(word: unknown): Level | undefined {
  return levels.find((level) => level === word);
}

/** Whether an event of `level` is shown by who wants `threshold` and more. */
export function isShown(level: Level, threshold: Level | "silent"): boolean {
  return threshold !== "silent" && levels.indexOf(level) >= levels.indexOf(threshold);
}
