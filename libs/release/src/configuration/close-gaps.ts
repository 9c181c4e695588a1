/**
 * JavaScript that reads as if it had been written so: `stripped` is `source` with spaces where its types were. What the
 * types have left behind goes: lines of nothing else, and gaps within a line. Comments stay.
 *
 * Both have the same lines of the same length; where they do not, `stripped` is answered as it is.
 */
export function closeGaps(source: string, stripped: string): string {
  const before = source.split("\n");
  const after = stripped.split("\n");
  const isAligned =
    before.length === after.length &&
    after.every((line, index) => line.length === before[index]?.length);
  if (!isAligned) return stripped;
  const lines = after.flatMap((line, index) => {
    const whole = before[index] ?? "";
    if (line === whole) return [line];
    return line.trim() === "" ? [] : [closeLine(whole, line)];
  });
  return `${lines
    .join("\n")
    .replace(/^\n+/u, "")
    .replace(/\n{3,}/gu, "\n\n")
    .trimEnd()}\n`;
}

/** `line` without the spaces that stand for something in `whole`, and without those that only stood beside it. */
function closeLine(whole: string, line: string): string {
  const isType = (at: number): boolean => line[at] === " " && whole[at] !== " ";
  let closed = "";
  for (let at = 0; at < line.length; ) {
    let end = at;
    while (end < line.length && line[end] === " ") end++;
    const gap = line.slice(at, end);
    if (gap === "") closed += line[at++];
    else {
      const holdsType = Array.from(gap, (_, index) => isType(at + index)).some(Boolean);
      closed += holdsType ? spaceFor(whole.slice(at, end), line[end], closed) : gap;
      at = end;
    }
  }
  return closed.trimEnd();
}

/** What stays of a gap that was `written` before a character. */
function spaceFor(written: string, next: string | undefined, closed: string): string {
  if (closed.trim() === "") return closed === "" ? (/^ */u.exec(written)?.[0] ?? "") : "";
  if (next === undefined || /[),;\]]/u.test(next)) return "";
  return written.startsWith(" ") || written.endsWith(" ") ? " " : "";
}
