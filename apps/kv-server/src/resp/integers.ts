const DECIMAL = /^(?:0|-?[1-9]\d{0,18})$/u;

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

/**
 * The whole number of 64 bits that `bytes` are the decimal form of, the way Redis reads them: no sign but a minus, no
 * white space, no zeros in front. `undefined` for anything else.
 */
export function parseInteger(bytes: Uint8Array): bigint | undefined {
  if (bytes.length > 20) return undefined;
  const text = Buffer.from(bytes).toString("latin1");
  if (!DECIMAL.test(text)) return undefined;
  const value = BigInt(text);
  return value >= least && value <= most ? value : undefined;
}
