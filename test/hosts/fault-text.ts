import { BACK_WITHIN_MS, type FaultReport, type PlayReport } from "./play-faults.ts";

/** A line for people: what came of a fault. */
export function faultText({ text, lastedMs, backMs, refused, unknown }: FaultReport): string {
  const lasted = `${text}, for ${Math.round(lastedMs)} ms`;
  const failed = `${refused} requests refused, ${unknown} writes unknown`;
  return `${lasted}: ${failed}; served again after ${Math.round(backMs)} ms (limit ${BACK_WITHIN_MS} ms)`;
}

/** A line for people: what the judge looked at. */
export function auditText({ security, outcomes, reads, listings }: PlayReport): string {
  const { acknowledged, unknown, refused } = outcomes;
  const links = security === "tls" ? "over TLS" : "without TLS";
  return `${links}: ${acknowledged} writes acknowledged, ${unknown} unknown, ${refused} refused; ${reads} reads, ${listings} listings: all as it should be`;
}
