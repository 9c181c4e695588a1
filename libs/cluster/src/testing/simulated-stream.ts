import type { Stream, StreamEnd, StreamListener } from "../network/network.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { SimulatedWorld } from "./simulated-world.ts";

const deaf: StreamListener = { received() {}, drained() {}, closed() {} };

/** One end of a simulated stream. */
export class SimulatedStream implements Stream {
  listener: StreamListener = deaf;
  readonly peer: string;
  /** Whose end it is. */
  readonly process: SimulatedProcess;
  readonly #world: SimulatedWorld;
  #other: SimulatedStream | undefined;
  /** When what was sent last arrives: nothing passes it. */
  #lastArrivalMs = 0;
  /** What came in while it was paused. */
  #unread: Uint8Array[] = [];
  #isPaused = false;
  #isOver = false;

  constructor(world: SimulatedWorld, process: SimulatedProcess, peer: string) {
    this.#world = world;
    this.process = process;
    this.peer = peer;
    process.streams.add(this);
  }

  /** Whether this end is open. */
  get isOpen(): boolean {
    return !this.#isOver;
  }

  /** The process at the other end. */
  get otherProcess(): SimulatedProcess | undefined {
    return this.#other?.process;
  }

  /** Joins two ends. */
  static join(one: SimulatedStream, other: SimulatedStream): void {
    one.#other = other;
    other.#other = one;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isOver) return true;
    const { chance, weather } = this.#world;
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + 1 + chance.below(bytes.length));
      // Not `slice`, which does not copy a Buffer.
      const piece = Uint8Array.from(bytes.subarray(at, end));
      this.#send((other) => other.#arrive(piece));
      at = end;
    }
    if (!chance.percent(weather.slowWritesPercent)) return true;
    this.#world.after(this.#world.drawLatencyMs(), () =>
      this.process.deliver(() => {
        if (!this.#isOver) this.listener.drained();
      }),
    );
    return false;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.process.scheduler.endOfTurn(() => this.#read());
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    this.#finish({ reason: "connection closed", isAbsent: false });
    this.#send((other) => other.#finish({ reason: "connection reset", isAbsent: false }));
  }

  /** Nobody listens where it leads to. */
  refuse(): void {
    this.#finish({ reason: "connection refused", isAbsent: true });
  }

  /** Hands something to the other end, which sees it when it gets there and its process looks. */
  #send(act: (other: SimulatedStream) => void): void {
    const other = this.#other;
    const world = this.#world;
    if (other === undefined) return;
    const [from, to] = [this.process.host, other.process.host];
    this.#lastArrivalMs = Math.max(
      this.#lastArrivalMs,
      world.nowMs + world.drawLatencyMs(from, to),
    );
    world.carry(from, to, {
      atMs: this.#lastArrivalMs,
      arrive: () => other.process.deliver(() => act(other)),
    });
  }

  #arrive(piece: Uint8Array): void {
    this.#unread.push(piece);
    this.#read();
  }

  #read(): void {
    while (!this.#isPaused && !this.#isOver) {
      const piece = this.#unread.shift();
      if (piece === undefined) return;
      this.listener.received(piece);
      // As a shared read buffer is.
      piece.fill(0xdb);
    }
  }

  #finish(end: StreamEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.process.streams.delete(this);
    this.process.scheduler.endOfTurn(() => this.listener.closed(end));
  }
}
