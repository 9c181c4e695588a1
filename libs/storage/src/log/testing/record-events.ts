import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { StorageEvent } from "../../events.ts";

/** Collects the events of this package until it is disposed. */
export function recordEvents(): { readonly events: readonly StorageEvent[] } & Disposable {
  const events: StorageEvent[] = [];
  const listen = (message: unknown): void => {
    if (isStorageEvent(message)) events.push(message);
  };
  subscribe("kv.storage", listen);
  return { events, [Symbol.dispose]: () => void unsubscribe("kv.storage", listen) };
}

function isStorageEvent(message: unknown): message is StorageEvent {
  return typeof message === "object" && message !== null && "type" in message;
}
