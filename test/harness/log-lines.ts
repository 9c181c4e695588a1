/** One line of a node's log, as JSON. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A node's whole log; throws when a line of it is not a JSON object. */
export function parseLog(stdout: string): readonly LogLine[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const parsed: unknown = JSON.parse(line);
      if (typeof parsed !== "object" || parsed === null) throw new Error(`"${line}" is no object`);
      return Object.fromEntries(Object.entries(parsed));
    });
}
