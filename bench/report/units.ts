import type { Spread } from "../measure/statistics.ts";

/** Three significant digits, without an exponent: `0.123`, `1.23`, `123`, `1230`. */
function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

const NOT_KNOWN = "-";

/** `1.23 us`, `45.6 us`, `1.20 ms`. */
export function showUs(us: number): string {
  if (Number.isNaN(us)) return NOT_KNOWN;
  if (us < 1_000) return `${short(us)} us`;
  return us < 1e6 ? `${short(us / 1_000)} ms` : `${short(us / 1e6)} s`;
}

/** As `showUs`, of milliseconds. */
export function showMs(ms: number): string {
  return showUs(ms * 1_000);
}

/** `45.6 k/s`, `1.23 M/s`. */
export function showRate(perSecond: number): string {
  if (perSecond < 1_000) return `${short(perSecond)} /s`;
  return perSecond < 1e6 ? `${short(perSecond / 1_000)} k/s` : `${short(perSecond / 1e6)} M/s`;
}

/** `10 k`, `1 M`. */
export function showCount(count: number): string {
  if (count >= 1e6) return `${count / 1e6} M`;
  return count >= 1_000 ? `${count / 1_000} k` : String(count);
}

/** A ratio, and between which it lay in the rounds: `0.97x (0.91–1.02)`. */
export function showRatio({ median, least, most }: Spread): string {
  if (Number.isNaN(median)) return NOT_KNOWN;
  return `${median.toFixed(2)}x (${least.toFixed(2)}–${most.toFixed(2)})`;
}

/** Whole bytes, without a unit; `-` when they are not known. */
export function showBytes(bytes: number): string {
  return Number.isFinite(bytes) ? String(Math.round(bytes)) : NOT_KNOWN;
}

/** A share of 0 to 1: `97 %`. */
export function showShare(share: number): string {
  return Number.isNaN(share) ? NOT_KNOWN : `${Math.round(share * 100)} %`;
}
