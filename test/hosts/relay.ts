/**
 * Stands between two hosts, since the kernel may have nothing that delays: `node relay.ts ROUTES`, where each route is a place to
 * listen at and the one to which all that comes there goes on, in both directions, after the present delay. A number
 * on the standard input is the new delay in milliseconds; the end of the input ends the process.
 */
import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** A place to listen at, and where it leads. */
export interface Route {
  readonly listen: Place;
  readonly to: Place;
}

/** An address. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

let delayMs = 0;

/** Carries out what it is given, in order, each after the delay of the moment at which it was given. */
class DelayLine {
  readonly #waiting: { readonly due: number; readonly act: () => void }[] = [];

  push(act: () => void): void {
    this.#waiting.push({ due: performance.now() + delayMs, act });
    if (this.#waiting.length === 1) this.#drain();
  }

  #drain(): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const left = first.due - performance.now();
      if (left > 0) {
        setTimeout(() => this.#drain(), Math.ceil(left));
        return;
      }
      first.act();
      this.#waiting.shift();
    }
  }
}

/** What comes out of `source` goes into `target`. */
function pass(source: Socket, target: Socket): void {
  const line = new DelayLine();
  source.on("data", (chunk: Buffer) => line.push(() => void target.write(chunk)));
  source.on("end", () => line.push(() => void target.end()));
  source.on("close", () => line.push(() => void target.destroy()));
  // It is followed by the close, which the other side is told of.
  source.on("error", () => undefined);
}

async function open({ listen, to }: Route): Promise<void> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = createConnection({ ...to, allowHalfOpen: true, noDelay: true });
    pass(near, far);
    pass(far, near);
  });
  server.listen(listen.port, listen.host);
  await once(server, "listening");
}

const [, , text = "[]"] = process.argv;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what relay-process.ts has written
await Promise.all((JSON.parse(text) as Route[]).map(open));
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  delayMs = Number(line);
  process.stdout.write("ready\n");
}
process.exit(0);
