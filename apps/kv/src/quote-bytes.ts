/**
 * `bytes` in double quotes, for an error message: text stays text, and what would leave the line or the
 * quotes (control characters, `"`, `\`, bytes that are not UTF-8) is shown as `\xNN`.
 */
export function quoteBytes(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return `"${decoder.decode(bytes).replace(/[\p{C}\p{Zl}\p{Zp}"\\]/gu, escapeCharacter)}"`;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return `"${Array.from(bytes, (byte) => (isPlain(byte) ? String.fromCharCode(byte) : escapeByte(byte))).join("")}"`;
  }
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
}

function escapeCharacter(character: string): string {
  return Array.from(Buffer.from(character), escapeByte).join("");
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
