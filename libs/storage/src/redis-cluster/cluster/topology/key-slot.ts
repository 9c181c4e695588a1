/** How many slots the keys of a cluster are spread over. */
export const SLOT_COUNT = 16_384;

const POLYNOMIAL = 0x10_21;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** CRC-16/XMODEM, a byte at a time. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) {
    crc = (crc & 0x80_00) === 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
  }
  return crc;
});

/**
 * The slot of a key, from 0 to 16383, as the Redis Cluster specification has it: the CRC16 of what stands between the first `{` and the
 * first `}` behind it, if that is anything at all, else of the whole key.
 */
export function keySlot(key: Uint8Array): number {
  const hashed = tagOf(key);
  let crc = 0;
  for (const byte of hashed) {
    crc = ((crc << 8) ^ (TABLE[((crc >> 8) ^ byte) & 0xff] ?? 0)) & 0xff_ff;
  }
  return crc % SLOT_COUNT;
}

function tagOf(key: Uint8Array): Uint8Array {
  const open = key.indexOf(OPEN);
  if (open === -1) return key;
  const close = key.indexOf(CLOSE, open + 1);
  return close > open + 1 ? key.subarray(open + 1, close) : key;
}
