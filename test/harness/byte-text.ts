/**
 * Bytes as text that a person can write and read in a scenario or a failure.
 *
 * ```text
 * \r \n \t \s \\     carriage return, line feed, tab, space, backslash
 * \xHH               one byte
 * \u{HEX}            one character, as UTF-8
 * \{TEXT*N}          TEXT, N times over; TEXT may hold the escapes above
 * ```
 * Anything else stands for itself, as UTF-8.
 */
const ESCAPE =
  /\\(?:x(?<byte>[0-9a-f]{2})|u\{(?<point>[0-9a-f]{1,6})\}|\{(?<text>[^*{}]+)\*(?<times>\d+)\}|(?<letter>[rnts\\]))/giu;

const LETTERS: Readonly<Record<string, string>> = {
  r: "\r",
  n: "\n",
  t: "\t",
  s: " ",
  "\\": "\\",
};

/** The bytes that `text` stands for. Throws on a backslash that begins no escape. */
export function parseBytes(text: string): Buffer {
  const parts: Buffer[] = [];
  let done = 0;
  for (const match of text.matchAll(ESCAPE)) {
    parts.push(plain(text.slice(done, match.index)), unescape(match.groups ?? {}));
    done = match.index + match[0].length;
  }
  return Buffer.concat([...parts, plain(text.slice(done))]);
}

function plain(text: string): Buffer {
  if (text.includes("\\"))
    throw new SyntaxError(`Cannot read "${text}": a backslash begins no escape`);
  return Buffer.from(text, "utf8");
}

function unescape(groups: Readonly<Record<string, string | undefined>>): Buffer {
  const { byte, point, text, times, letter } = groups;
  if (byte !== undefined) return Buffer.from([Number.parseInt(byte, 16)]);
  if (point !== undefined) return Buffer.from(String.fromCodePoint(Number.parseInt(point, 16)));
  if (letter !== undefined) return Buffer.from(LETTERS[letter.toLowerCase()] ?? "");
  const repeated = parseBytes(text ?? "");
  return Buffer.alloc(repeated.length * Number(times), repeated);
}

/** `bytes` for a failure's text: printable ASCII as it is, long runs of one byte shortened, the rest escaped. */
export function showBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("latin1")
    .replaceAll(/[^ -~]|\\/gu, escapeCharacter)
    .replaceAll(/(?<run>\\x..|[^\\])\k<run>{31,}/gu, (run, unit: string) => {
      return `\\{${unit}*${run.length / unit.length}}`;
    });
}

function escapeCharacter(character: string): string {
  for (const [letter, meaning] of Object.entries(LETTERS)) {
    if (meaning === character) return `\\${letter}`;
  }
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
