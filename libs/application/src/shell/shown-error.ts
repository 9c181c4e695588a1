import { inspect, types } from "node:util";

/** The first line of a stack that is not of the code that was typed. */
const OURS = /^ {4}at (?:async )?(?:Session\.post \(|Evaluator\.)/u;

/** What was thrown by code that somebody has typed, for him: without the lines of what has evaluated it. */
export function shownError(error: unknown, colors = false): string {
  if (!types.isNativeError(error)) return `Uncaught ${inspect(error, { colors })}`;
  const text = inspect(error, { colors: false });
  const lines = text.split("\n");
  const from = lines.findIndex((line) => OURS.test(line));
  if (from < 0) return `Uncaught ${text}`;
  const to = lines.findIndex((line, index) => index > from && !/^ {4}at /u.test(line));
  const rest = to < 0 ? [] : lines.slice(to);
  return `Uncaught ${[...lines.slice(0, from), ...rest].join("\n")}`;
}
