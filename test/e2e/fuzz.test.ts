/** Whatever comes in by either door, the node neither ends, nor hangs, nor grows. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { lineStream, respStream } from "../harness/hostile-streams.ts";
import { chooseSeed, seededRandom } from "../harness/random.ts";
import { Caller, openHostileScene, peakBytes, tongues } from "./hostile-door.ts";

const MIB = 2 ** 20;

/** Garbage that the collector has not taken yet makes some of it. */
const GROWTH_LIMIT_BYTES = 96 * MIB;
const streams = { line: lineStream, resp: respStream } as const;

/** Connections at a time, and how often new ones take their places. */
const CALLERS = 50;
const ROUNDS = 30;

suite("damaged input", { timeout: 60_000 }, () => {
  for (const tongue of tongues) {
    test(`by ${tongue.name}, in any pieces, on fifteen hundred connections`, async (t) => {
      const seed = chooseSeed();
      t.diagnostic(`seed ${seed}`);
      await using scene = await openHostileScene(tongue);
      const inputs = fc.sample(streams[tongue.name], { seed, numRuns: CALLERS * ROUNDS });
      const warmUp = inputs.splice(0, inputs.length / 2);
      await sendAll(warmUp, { port: scene.port, seed });
      const before = await peakBytes(scene.node.pid);
      await sendAll(inputs, { port: scene.port, seed: seed + 1 });
      await scene.greet();
      assert.doesNotMatch(scene.node.stdout, /"connection-crashed"/u);
      assert.equal(scene.node.stderr, "");
      const after = await peakBytes(scene.node.pid);
      if (before === undefined || after === undefined) return;
      t.diagnostic(`peak ${Math.round(before / MIB)} MiB, then ${Math.round(after / MIB)} MiB`);
      assert.ok(after - before < GROWTH_LIMIT_BYTES, `it grew by ${after - before} bytes`);
    });
  }
});

interface Sending {
  readonly port: number;
  readonly seed: number;
}

/** Sends each of `inputs` on a connection of its own, some at a time; a healthy exchange ends each that is still there. */
async function sendAll(inputs: readonly Buffer[], sending: Sending): Promise<void> {
  const random = seededRandom(sending.seed);
  for (let first = 0; first < inputs.length; first += CALLERS) {
    const some = inputs.slice(first, first + CALLERS);
    await Promise.all(
      some.map((input, index) => {
        const cut = random.integer(0, input.length);
        return sendOne([input.subarray(0, cut), input.subarray(cut)], sending, index % 3 === 0);
      }),
    );
  }
}

async function sendOne(
  pieces: readonly Buffer[],
  { port }: Sending,
  isReset: boolean,
): Promise<void> {
  await using caller = await Caller.connect(port);
  for (const piece of pieces) {
    await new Promise<unknown>((resolve) => {
      caller.socket.write(piece, resolve);
    });
  }
  if (isReset) return;
  // Our half closes: all that was whole is answered, and the connection ends.
  caller.socket.end();
  await caller.read(Number.POSITIVE_INFINITY);
}
