import { ClusterError } from "../errors.ts";
import {
  type Acceptor,
  type Listening,
  type Network,
  type Place,
  placeText,
  type Stream,
  type StreamListener,
} from "../network/network.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import { SimulatedStream } from "./simulated-stream.ts";
import type { SimulatedWorld } from "./simulated-world.ts";

/** The network of a simulated world as one of its processes sees it. */
export class SimulatedNetwork implements Network {
  readonly #world: SimulatedWorld;
  readonly #process: SimulatedProcess;

  constructor(world: SimulatedWorld, process: SimulatedProcess) {
    this.#world = world;
    this.#process = process;
  }

  async listen(place: Place, acceptor: Acceptor): Promise<Listening> {
    const { doors } = this.#world;
    const text = placeText(place);
    if (doors.has(text)) throw new ClusterError("CLUSTER_IN_USE", { place: text });
    const door = { process: this.#process, acceptor };
    doors.set(text, door);
    return {
      place,
      [Symbol.asyncDispose]: async () => {
        if (doors.get(text) === door) doors.delete(text);
      },
    };
  }

  dial(place: Place, listener: StreamListener): Stream {
    const world = this.#world;
    const text = placeText(place);
    const stream = new SimulatedStream(world, this.#process, text);
    stream.listener = listener;
    const door = world.doors.get(text);
    if (door === undefined) {
      world.after(world.drawLatencyMs(), () => stream.refuse());
      return stream;
    }
    const { process, acceptor } = door;
    const incoming = new SimulatedStream(world, process, this.#process.host);
    SimulatedStream.join(stream, incoming);
    // A frozen process is not asked: its operating system lets the connection in.
    world.carry(this.#process.host, process.host, {
      atMs: world.nowMs,
      arrive: () => process.deliver(() => acceptor.accepted(incoming)),
    });
    return stream;
  }
}
