import { writeSync } from "node:fs";
import type { Readable } from "node:stream";
import { createInterface } from "node:readline";

/** The variable by which a node is told whom to tell how it is. */
export const NEWS_VARIABLE = "RELEASE_NEWS_FD";

/** Where the other end of the pipe is in the node. */
export const NEWS_FD = 3;

/** What a node tells the process that has started it: that all of it runs, and from then on, now and then, that it does. */
export type News = "started" | "beat";

/** Tells it, if anybody has asked; whether somebody still listens. */
export function tell(news: News, variables: Readonly<Record<string, string | undefined>>): boolean {
  const fd = Number(variables[NEWS_VARIABLE]);
  if (!Number.isInteger(fd) || fd <= 0) return false;
  try {
    writeSync(fd, `${news}\n`);
    return true;
  } catch (error) {
    // A pipe that is full has somebody at its end who does not look, and is there.
    return error instanceof Error && "code" in error && error.code === "EAGAIN";
  }
}

/** Calls back for whatever a node tells by `pipe`. */
export function listen(pipe: Readable, onNews: (news: News) => void): void {
  const lines = createInterface({ input: pipe });
  lines.on("line", (line) => {
    if (line === "started" || line === "beat") onNews(line);
  });
  pipe.on("error", () => {});
}
