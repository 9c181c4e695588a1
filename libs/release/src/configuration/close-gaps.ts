/**
 * JavaScript that reads as if it had been written so: `stripped` is `source` with white space where its types were, character by
 * character. What the types have left behind goes: lines of nothing else, and gaps within a line. All else stays
 * as it is: comments, and what only looks like a gap.
 *
 * The two are of one length; where they are not, `stripped` is answered as it is.
 */
export function closeGaps(source: string, stripped: string): string {
  if (source.length !== stripped.length) return stripped;
  let closed = "";
  let end = 0;
  for (const { index, 0: space } of stripped.matchAll(/\s+/gu)) {
    closed += stripped.slice(end, index);
    end = index + space.length;
    const written = source.slice(index, end);
    const isKept = written === space;
    // A character may have come from elsewhere: the parenthesis before a type that took several lines.
    const isOwn = source[end] === stripped[end];
    const gap = isOwn ? written : written.trimEnd();
    closed += isKept ? space : closedGap(gap, closed.at(-1), stripped[end]);
  }
  return closed + stripped.slice(end);
}

/** What stays of a gap that was `written`, types and all, between two characters. */
function closedGap(written: string, before: string | undefined, after: string | undefined): string {
  // A gap begins and ends with white space that was written, or with a type.
  const [leading = ""] = /^\s*/u.exec(written) ?? [];
  const [trailing = ""] = /\s*$/u.exec(written) ?? [];
  if (before === undefined) return trailing.replace(/^\s*\n/u, "");
  if (after === undefined) return "\n";
  const startsLine = leading.includes("\n");
  const endsLine = trailing.includes("\n");
  if (startsLine && endsLine) return joinedLines(leading, trailing);
  if (startsLine) return leading;
  if (endsLine) return trailing;
  if (/[([]/u.test(before)) return "";
  if (trailing !== "") return " ";
  // White space before a type goes with it, where nothing but its end follows.
  if (leading !== "") return /[),;\]}]/u.test(after) ? "" : " ";
  return needsSpace(before, after) ? " " : "";
}

/** Whole lines are gone: an empty line stays where there was one, and no second. */
function joinedLines(leading: string, trailing: string): string {
  const indentation = trailing.slice(trailing.lastIndexOf("\n") + 1);
  const isApart = [leading, trailing].some((space) => space.split("\n").length > 2);
  return `${isApart ? "\n\n" : "\n"}${indentation}`;
}

/** Whether two characters would mean something else, or might, without white space between them. */
function needsSpace(before: string, after: string): boolean {
  if (after === ".") return /\d/u.test(before);
  const isApart = /[()[\]{},;:?]/u;
  return !isApart.test(before) && !isApart.test(after) && after !== "=";
}
