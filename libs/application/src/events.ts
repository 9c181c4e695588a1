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
} & (SupervisorEvent | SystemEvent);

type SupervisorEvent = { readonly supervisor: string } & (
  | { readonly type: "child-started"; readonly child: string }
  | {
      readonly type: "child-restarting";
      readonly child: string;
      readonly delayMs: number;
      readonly failure?: unknown;
    }
  | { readonly type: "child-ended"; readonly child: string; readonly failure?: unknown }
  | { readonly type: "gave-up"; readonly child: string; readonly failure?: unknown }
  | StopTrouble
);

type SystemEvent =
  | { readonly type: "application-starting"; readonly application: string }
  | { readonly type: "application-started"; readonly application: string; readonly tookMs: number }
  | {
      readonly type: "application-start-failed";
      readonly application: string;
      readonly failure: unknown;
    }
  | { readonly type: "application-stopped"; readonly application: string; readonly tookMs: number }
  | { readonly type: "application-ended"; readonly application: string; readonly failure?: unknown }
  | { readonly type: "environment-put"; readonly application: string; readonly key: string }
  | StopTrouble;

/** A child, or an application, that did not end as it should when it was asked to. */
type StopTrouble =
  | { readonly type: "stop-late"; readonly child: string; readonly shutdownMs: number }
  | { readonly type: "stop-failed"; readonly child: string; readonly failure: unknown };

const events = channel(applicationChannel);

export function emit(event: ApplicationEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
