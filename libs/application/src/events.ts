import { channel } from "node:diagnostics_channel";

/** The diagnostics channel on which this package speaks. Nothing is printed here. */
export const applicationChannel = "kv.application";

/**
 * What supervisors and systems have to say.
 *
 * Every event has the shape that any subscriber can show without knowing it: `level`, `message` for a person,
 * `type` for a program; the other members are data. A `failure` is whatever was thrown.
 */
export type ApplicationEvent = {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
} & (
  | ChildEvent
  | StopEvent
  | ApplicationLifeEvent
  | ControlEvent
  | {
      readonly type: "system-started";
      readonly applications: readonly string[];
      readonly tookMs: number;
    }
  | { readonly type: "signal"; readonly signal: string }
  | { readonly type: "evaluated-rejection" }
);

/** `child` is named by its supervisor's name and its own: `kv-server.listener`. */
type ChildEvent =
  | { readonly type: "child-started"; readonly child: string }
  | {
      readonly type: "child-restarting";
      readonly child: string;
      readonly delayMs: number;
      readonly failure: unknown;
    }
  | { readonly type: "child-ended"; readonly child: string; readonly failure?: unknown }
  | { readonly type: "supervisor-gave-up"; readonly child: string };

/** A child, or an application, that did not stop as it should. */
type StopEvent =
  | { readonly type: "stop-late"; readonly child: string; readonly shutdownMs: number }
  | { readonly type: "stop-failed"; readonly child: string; readonly failure: unknown };

type ApplicationLifeEvent = { readonly application: string } & (
  | { readonly type: "application-started"; readonly tookMs: number }
  | { readonly type: "application-start-failed"; readonly failure: unknown }
  | { readonly type: "application-stopped"; readonly tookMs: number }
  | { readonly type: "application-ended"; readonly failure?: unknown }
  | { readonly type: "environment-put"; readonly key: string }
  | { readonly type: "reloaded" }
  | { readonly type: "reload-failed"; readonly failure: unknown }
);

/** What happens at the control socket. `command` is its name: what stood behind it may be data, and is never told. */
type ControlEvent =
  | { readonly type: "control-open"; readonly path: string }
  | { readonly type: "control-unavailable"; readonly platform: string }
  | { readonly type: "control-failed"; readonly failure: unknown }
  | { readonly type: "control-wrong-cookie" }
  | { readonly type: "command-ran"; readonly command: string; readonly tookMs: number }
  | {
      readonly type: "command-failed" | "command-crashed" | "command-abandoned";
      readonly command: string;
      readonly failure: unknown;
    };

const events = channel(applicationChannel);

/** Says `event` to whoever listens; costs next to nothing when nobody does. */
export function emit(event: ApplicationEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
