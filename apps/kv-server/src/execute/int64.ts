const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** The longest of them, with its sign. */
const mostDigits = 20;

/** A whole number as it is written in exactly one way: no sign `+`, no leading zero, no `-0`, no white space. */
const WHOLE_NUMBER = /^(?:0|-?[1-9]\d*)$/u;

/** Whether `value` fits 64 bits with a sign. */
export function inInt64(value: bigint): boolean {
  return value >= LEAST && value <= MOST;
}

/** The whole number of 64 bits that `bytes` spell in digits, `undefined` when they do not. */
export function parseInt64(bytes: Uint8Array): bigint | undefined {
  if (bytes.length === 0 || bytes.length > mostDigits) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  if (!WHOLE_NUMBER.test(text)) return undefined;
  const value = BigInt(text);
  return inInt64(value) ? value : undefined;
}
