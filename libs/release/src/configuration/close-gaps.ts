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
    closed += isKept ? space : closedGap(written, closed.at(-1), stripped[end]);
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
  if (/[),;\]]/u.test(after)) return "";
  if (/[([]/u.test(before)) return "";
  if (leading !== "" || trailing !== "") return " ";
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
  if (/[\w$\u{80}-\u{10ffff}]/u.test(before)) return !/[(=?:{}[\]),;]/u.test(after);
  return !/[([{}\]),;]/u.test(before) && !/[([{}\]),;]/u.test(after);
}
