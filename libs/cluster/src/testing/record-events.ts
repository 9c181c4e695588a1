import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { clusterChannel, type ClusterEvent } from "../events.ts";

/** Collects the events of this package until it is disposed. */
export function recordEvents(): { readonly events: readonly ClusterEvent[] } & Disposable {
  const events: ClusterEvent[] = [];
  const listen = (message: unknown): void => {
    if (isClusterEvent(message)) events.push(message);
  };
  subscribe(clusterChannel, listen);
  return { events, [Symbol.dispose]: () => void unsubscribe(clusterChannel, listen) };
}

function isClusterEvent(message: unknown): message is ClusterEvent {
  return typeof message === "object" && message !== null && "type" in message;
}
