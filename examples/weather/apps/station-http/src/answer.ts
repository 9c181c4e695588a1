import type { Station } from "@weather/station";

/** As much of a request as an answer depends on. */
export interface Asked {
  readonly method: string;
  /** As the client sent it. */
  readonly path: string;
}

/** An answer whose body is sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What a client is told: `GET /readings` is the only question there is. */
export function answerTo({ method, path }: Asked, station: Station): Answer {
  if (path !== "/readings") return { status: 404, body: { error: "there is only /readings" } };
  if (method !== "GET") return { status: 405, body: { error: "readings can only be read" } };
  return { status: 200, body: { scale: station.scale, readings: station.readings() } };
}
