import { channel } from "node:diagnostics_channel";

/** The diagnostics channel on which this package speaks. Nothing is printed here. */
export const greeterChannel = "greeter";

/** What there is to say, in the shape that the logger shows. */
export interface GreeterEvent {
  readonly level: "info";
  readonly type: "listening";
  readonly message: string;
}

const events = channel(greeterChannel);

/** Says `event` to whoever listens. */
export function emit(event: GreeterEvent): void {
  events.publish(event);
}
