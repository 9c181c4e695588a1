import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { watchExpiry } from "./expiry-watch.ts";
import type { TlsMaterial } from "./tls-material.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function material(expiresAtMs: number): TlsMaterial {
  const none = new Uint8Array();
  return { certificate: none, key: none, ca: undefined, subject: "CN=node", expiresAtMs };
}

/** What is said from time 0 on for so many hours, each with its hour; `renewedAtHour` changes the certificate. */
async function told(
  hours: number,
  { expiresAtMs, renewedAtHour = hours }: { expiresAtMs: number; renewedAtHour?: number },
): Promise<readonly (readonly [hour: number, type: string])[]> {
  const said: [number, string][] = [];
  const end = new AbortController();
  let nowMs = 0;
  await watchExpiry({
    audience: "clients",
    tell: ({ type }) => said.push([nowMs / hourMs, type]),
    current: () => material(nowMs >= renewedAtHour * hourMs ? 1000 * dayMs : expiresAtMs),
    unixTimeMs: () => nowMs,
    time: {
      nowMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
        if (nowMs > hours * hourMs) end.abort();
      },
    },
    signal: end.signal,
  });
  return said;
}

suite("watchExpiry()", () => {
  test("says nothing until two weeks before the end, and then so each day", async () => {
    assert.deepEqual(await told(60, { expiresAtMs: 15 * dayMs }), [
      [24, "certificate-expires"],
      [48, "certificate-expires"],
    ]);
  });

  test("says at the end that it has expired, and so each day", async () => {
    assert.deepEqual(await told(50, { expiresAtMs: 12 * hourMs }), [
      [0, "certificate-expires"],
      [12, "certificate-expired"],
      [36, "certificate-expired"],
    ]);
  });

  test("is quiet when there is a new one", async () => {
    assert.deepEqual(await told(100, { expiresAtMs: 12 * hourMs, renewedAtHour: 13 }), [
      [0, "certificate-expires"],
      [12, "certificate-expired"],
    ]);
  });
});
