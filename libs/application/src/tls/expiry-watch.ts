import type { Time } from "../time.ts";
import {
  type CertificateAudience,
  type CertificateEvent,
  certificateExpired,
  certificateExpires,
} from "./certificate-news.ts";
import type { TlsMaterial } from "./tls-material.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How long before its end a certificate is spoken of: two weeks, enough to find out why nothing has renewed it. */
const noticeMs = 14 * dayMs;

/** How often the same is said again. */
const reminderMs = dayMs;

/** What {@link watchExpiry} looks at. */
export interface ExpiryWatchOptions {
  readonly audience: CertificateAudience;
  readonly tell: (event: CertificateEvent) => void;
  /** The certificate in force. */
  readonly current: () => TlsMaterial;
  readonly unixTimeMs: () => number;
  readonly time: Time;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Looks at the certificate in force at once and each hour, and says each day that it expires soon, or has expired: a
 * node that runs goes on with it, since cutting off whoever does not mind helps nobody.
 */
export async function watchExpiry(options: ExpiryWatchOptions): Promise<void> {
  const { audience, tell, current, unixTimeMs, time, signal } = options;
  let told: Stage = "valid";
  let toldAtMs = 0;
  while (!signal.aborted) {
    const material = current();
    const nowMs = unixTimeMs();
    const stage = stageOf(material, nowMs);
    if (stage !== "valid" && (stage !== told || nowMs - toldAtMs >= reminderMs)) {
      toldAtMs = nowMs;
      tell(
        stage === "expired" ? certificateExpired(audience, material) : certificateExpires(material),
      );
    }
    told = stage;
    await time.sleep(hourMs, signal);
  }
}

type Stage = "valid" | "soon" | "expired";

function stageOf({ expiresAtMs }: TlsMaterial, nowMs: number): Stage {
  if (nowMs >= expiresAtMs) return "expired";
  return nowMs >= expiresAtMs - noticeMs ? "soon" : "valid";
}
