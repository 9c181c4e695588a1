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

/** Resolves as soon as `isEnough`, which is asked at each event of this package; those that come afterwards are nobody's. */
export function awaitEvents(isEnough: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listen = (): void => {
    if (!isEnough()) return;
    unsubscribe(clusterChannel, listen);
    resolve();
  };
  subscribe(clusterChannel, listen);
  listen();
  return promise;
}
