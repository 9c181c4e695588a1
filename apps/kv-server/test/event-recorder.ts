import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type ServerEvent, serverChannel } from "../src/events.ts";

/** Remembers the events of this process's front doors from its making to its disposal. */
export class EventRecorder implements Disposable {
  readonly events: ServerEvent[] = [];
  #wake: () => void = () => {};

  readonly #record = (event: unknown): void => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only these go over the channel
    this.events.push(event as ServerEvent);
    this.#wake();
  };

  constructor() {
    subscribe(serverChannel, this.#record);
  }

  /** Those of one type, oldest first. */
  of(type: ServerEvent["type"]): readonly ServerEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  /** The first event of this type, now or later. */
  async first(type: ServerEvent["type"]): Promise<ServerEvent> {
    for (;;) {
      const [event] = this.of(type);
      if (event !== undefined) return event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  [Symbol.dispose](): void {
    unsubscribe(serverChannel, this.#record);
  }
}
