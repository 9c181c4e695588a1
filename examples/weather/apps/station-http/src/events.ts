import { channel } from "node:diagnostics_channel";

/** The diagnostics channel on which this package speaks. Nothing is printed here. */
export const httpChannel = "weather.station-http";

/** What there is to say, in the shape that the logger shows. */
export interface HttpEvent {
  readonly level: "info";
  readonly type: "listening";
  readonly message: string;
}

const events = channel(httpChannel);

/** Says `event` to whoever listens. */
export function emit(event: HttpEvent): void {
  events.publish(event);
}
