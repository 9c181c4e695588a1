import { answerAtLength } from "../../answers.ts";
import { longAnswerBytes } from "./names-limit.ts";
import type { CommandRow } from "../../command-row.ts";
import { appendVerbatim } from "../../writer.ts";
import { INFO_SECTIONS } from "./info-sections.ts";

/** Names for all sections together. */
const EVERYTHING: ReadonlySet<string> = new Set(["all", "default", "everything"]);

/** `INFO [section …]`: this node, in lines of `name:value`. A section that there is not has none. */
export const INFO: CommandRow = {
  name: "INFO",
  arity: -1,
  flags: ["loading", "stale"],
  categories: ["dangerous"],
  keys: [0, 0, 0],
  summary: "Returns what there is to know about the server.",
  group: "server",
  since: "1.0.0",
  request: (words, conversation) => {
    const asked = Array.from({ length: words.count - 1 }, (_, index) =>
      words.text(index + 1).toLowerCase(),
    );
    const hasAll = asked.length === 0 || asked.some((name) => EVERYTHING.has(name));
    return answerAtLength(longAnswerBytes, (output) => {
      const sections = [...INFO_SECTIONS]
        .filter(([name]) => hasAll || asked.includes(name.toLowerCase()))
        .map(([name, read]) => {
          const lines = Object.entries(read(conversation)).map(([key, value]) => `${key}:${value}`);
          return [`# ${name}`, ...lines, ""].join("\r\n");
        });
      appendVerbatim(output, sections.join("\r\n"), conversation.version);
    });
  },
};
