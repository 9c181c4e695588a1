import assert from "node:assert/strict";
import { test } from "node:test";
import {
  callHeaderBytes,
  frameKind,
  headerBytes,
  writeHeader,
  writeRemaining,
} from "../frame/frame-format.ts";
import { defaultLimits, type Limits } from "../limits.ts";
import type { Stream, StreamListener } from "../network/network.ts";
import { nodeNamed } from "../testing/node-named.ts";
import { SimulatedWorld } from "../testing/simulated-world.ts";
import { defaultTiming } from "../timing.ts";
import type { Call } from "./call.ts";
import type { DownReason } from "./down-reason.ts";
import { LateFailures } from "./late-failures.ts";
import { Link } from "./link.ts";
import { Outbox } from "./outbox.ts";
import type { ServedCall } from "./served-call.ts";

const bar = nodeNamed("bar@lab");

/** A stream whose other end is the test: it takes what is written when the test says so. */
class HeldStream implements Stream {
  listener: StreamListener = { received() {}, drained() {}, closed() {} };
  readonly peer = "the test";
  readonly written: Uint8Array[] = [];
  isPaused = false;
  isEnded = false;
  isSlow = false;

  write(bytes: Uint8Array): boolean {
    this.written.push(Uint8Array.from(bytes));
    return !this.isSlow;
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  end(): void {
    this.isEnded = true;
  }
  destroy(): void {
    this.isEnded = true;
  }
}

function frame(kind: number, id: number, bodyBytes: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes + bodyBytes);
  writeHeader(bytes, 0, bytes.length, kind, id);
  return bytes;
}

/** A call whose payload begins with its number. */
function callFrame(id: number, payloadBytes: number, remainingMs = 5000): Uint8Array {
  const bytes = frame(frameKind.call, id, 4 + payloadBytes);
  writeRemaining(bytes, 0, remainingMs);
  bytes[callHeaderBytes] = id;
  return bytes;
}

/** How a link of a test differs from others. */
interface LinkOptions extends Partial<Limits> {
  /** So long is the answer that each call gets at once; without it they wait for the test. */
  readonly answersAtOnce?: number;
  /** Called for each request. */
  readonly onServe?: (request: ServedCall) => void;
}

/** A link whose other end, network and clock are the test's. */
function startLink({ answersAtOnce, onServe, ...limits }: LinkOptions = {}) {
  const world = new SimulatedWorld(1);
  const { scheduler } = world.start("foo");
  const stream = new HeldStream();
  const served: ServedCall[] = [];
  const told: string[] = [];
  const downs: DownReason[] = [];
  const failures: string[] = [];
  const terms = {
    scheduler,
    timing: defaultTiming,
    limits: { ...defaultLimits, ...limits },
    lateFailures: new LateFailures(scheduler),
    foresee: (calls: readonly (ServedCall | undefined)[], count: number): void => {
      const ids = calls.slice(0, count).map((request) => request?.payload[0]);
      told.push(`foresees ${ids.join(" ")}`);
    },
    serve: (request: ServedCall): void => {
      served.push(request);
      told.push(`serves ${request.payload[0]}`);
      onServe?.(request);
      if (answersAtOnce !== undefined) request.answer(answersAtOnce, () => {});
    },
  };
  const outbox = new Outbox(bar, terms);
  const onDown = (_link: Link, reason: DownReason): void => void downs.push(reason);
  const link = new Link({ node: bar, instance: "1", onDown }, { stream, outbox }, terms);
  const call = (byteLength: number, timeoutMs = 60_000): void => {
    const made: Call = {
      deadlineMs: world.nowMs + timeoutMs,
      isWrite: true,
      byteLength,
      write: (target, at) => void target.fill(1, at, at + byteLength),
      answered: () => void failures.push("answered"),
      failed: ({ message }) => void failures.push(message),
    };
    link.call(made);
  };
  return { world, stream, served, told, downs, failures, link, outbox, call };
}

test("Link tells of the calls of a read before it serves the first of them, but of none across another frame", () => {
  const { stream, told } = startLink();
  const read = [callFrame(1, 1), callFrame(2, 1), frame(frameKind.ping, 9, 0), callFrame(3, 1)];
  stream.listener.received(Buffer.concat(read));
  assert.deepEqual(told, ["foresees 1 2", "serves 1", "serves 2", "foresees 3", "serves 3"]);
});

test("Link tells of 32 calls at most at a time", () => {
  const { stream, told } = startLink();
  const ids = Array.from({ length: 33 }, (_, id) => id);
  stream.listener.received(Buffer.concat(ids.map((id) => callFrame(id, 1))));
  const serves = ids.map((id) => `serves ${id}`);
  const first = `foresees ${ids.slice(0, 32).join(" ")}`;
  assert.deepEqual(told, [first, ...serves.slice(0, 32), "foresees 32", "serves 32"]);
});

test("Link serves nothing more of a read in whose midst it ends", () => {
  const { stream, told, link } = startLink({ onServe: () => link.end("disconnected") });
  stream.listener.received(Buffer.concat([callFrame(1, 1), callFrame(2, 1)]));
  assert.deepEqual(told, ["foresees 1 2", "serves 1"]);
});

test("Link serves what stands before a frame that is none", () => {
  const { stream, told, downs } = startLink();
  stream.listener.received(Buffer.concat([callFrame(1, 1), frame(77, 0, 0)]));
  assert.deepEqual([told, downs], [["foresees 1", "serves 1"], ["broken"]]);
});

test("Link has a call whole that came in two reads, while the one behind it begins and is cut as well", () => {
  const payloads: string[] = [];
  const onServe = ({ payload }: ServedCall): void =>
    void payloads.push(Buffer.from(payload).toString("hex"));
  const { stream } = startLink({ onServe });
  const [one, other] = [callFrame(1, 40).fill(0x11, 13), callFrame(2, 40).fill(0x22, 13)];
  stream.listener.received(one.subarray(0, 30));
  stream.listener.received(Buffer.concat([one.subarray(30), other.subarray(0, 30)]));
  stream.listener.received(other.subarray(30));
  assert.deepEqual(payloads, ["11".repeat(40), "22".repeat(40)]);
});

test("Outbox gathers what is written in a turn, and keeps it while the stream is behind", async () => {
  const { world, stream, call, outbox } = startLink();
  call(1);
  call(2);
  assert.equal(stream.written.length, 0);
  await world.run(0);
  assert.deepEqual(
    stream.written.map(({ length }) => length),
    [14 + 15],
  );
  stream.isSlow = true;
  call(3);
  await world.run(0);
  call(4);
  call(5);
  await world.run(0);
  assert.deepEqual(
    stream.written.map(({ length }) => length),
    [29, 16],
  );
  assert.equal(outbox.waitingBytes, 16 + 17 + 18);
  stream.isSlow = false;
  stream.listener.drained();
  assert.deepEqual(
    stream.written.map(({ length }) => length),
    [29, 16, 35],
  );
  assert.equal(outbox.waitingBytes, 0);
});

test("Outbox is congested above its limit, tells of relief once, and fails calls above the next limit", async () => {
  const limits = { queueLimitBytes: 100, overflowBytes: 300 };
  const { world, stream, call, outbox, failures } = startLink(limits);
  const relief: string[] = [];
  outbox.onRelief(() => relief.push("not congested"));
  assert.equal(relief.length, 0);
  await world.run(0);
  assert.deepEqual(relief, ["not congested"]);
  stream.isSlow = true;
  call(80);
  assert.ok(!outbox.isCongested);
  call(80);
  await world.run(0);
  assert.ok(outbox.isCongested);
  outbox.onRelief(() => relief.push("relieved"));
  call(200);
  assert.deepEqual(failures, []);
  call(1);
  await world.run(0);
  assert.deepEqual(failures, ["too much waits to be sent to bar@lab"]);
  assert.equal(relief.length, 1);
  stream.listener.drained();
  assert.equal(relief.length, 1);
  stream.isSlow = false;
  stream.listener.drained();
  await world.run(0);
  assert.deepEqual(relief, ["not congested", "relieved"]);
});

test("Outbox withdraws a call whose time is over before it went out, and what goes late says what time it has", async () => {
  const { world, stream, call, failures } = startLink();
  stream.isSlow = true;
  call(1);
  await world.run(0);
  call(2, 500);
  call(3, 2000);
  await world.run(1000);
  assert.deepEqual(failures, ["bar@lab did not answer in 500 ms"]);
  stream.listener.drained();
  const late = stream.written.at(-1) ?? new Uint8Array();
  assert.deepEqual([late[4], late[15 + 4]], [frameKind.void, frameKind.call]);
  const view = new DataView(late.buffer);
  assert.equal(view.getUint32(15 + 9, true), 1000);
});

test("Link that ends fails what was handed out as that, and what still waited as surely not sent", async () => {
  for (const [reason, sent] of [
    ["lost", "the connection to bar@lab was lost; the write may have been applied"],
    [
      "silent",
      "bar@lab did not answer: nothing was heard of it for 0.3 s; the write may have been applied",
    ],
  ] as const) {
    const { world, stream, call, link, failures } = startLink();
    stream.isSlow = true;
    call(1);
    await world.run(200);
    call(2);
    await world.run(100);
    link.end(reason);
    assert.deepEqual(failures, [sent, "no connection to bar@lab"]);
  }
});

test("Link sets calls aside while its answers are not taken, and serves them in order when they are", async () => {
  const { world, stream, served, outbox } = startLink({ queueLimitBytes: 1000 });
  stream.isSlow = true;
  stream.listener.received(Buffer.concat([1, 2].map((id) => callFrame(id, 100, 500))));
  served[0]?.answer(1000, () => {});
  await world.run(0);
  assert.equal(outbox.waitingAnswerBytes, 1009);
  const more = Buffer.concat([3, 4, 5].map((id) => callFrame(id, 100, 500)));
  stream.listener.received(more);
  // As a shared read buffer is.
  more.fill(0xdb);
  assert.equal(served.length, 2);
  await world.run(200);
  stream.isSlow = false;
  stream.listener.drained();
  assert.deepEqual(
    served.map(({ payload }) => payload[0]),
    [1, 2, 3, 4, 5],
  );
  assert.deepEqual(
    served.map(({ remainingMs }) => remainingMs),
    [500, 500, 300, 300, 300],
  );
});

test("Link reads no more when much is set aside, and does not wait for a node that does the same", async () => {
  const { world, stream, served, downs } = startLink({ queueLimitBytes: 1000 });
  stream.isSlow = true;
  stream.listener.received(callFrame(1, 10));
  served[0]?.answer(1001, () => {});
  stream.listener.received(callFrame(2, 1000));
  assert.ok(!stream.isPaused);
  stream.listener.received(callFrame(3, 1));
  assert.ok(stream.isPaused);
  await world.run(0);
  // Nothing moves: after a while it reads some more.
  await world.run(1200);
  assert.ok(!stream.isPaused);
  stream.listener.received(callFrame(4, 1001));
  assert.ok(stream.isPaused);
  stream.isSlow = false;
  stream.listener.drained();
  assert.ok(!stream.isPaused);
  assert.equal(served.length, 4);
  assert.deepEqual(downs, []);
});

test("Link that reads nothing while its answers go out slowly is not silent", async () => {
  const { world, stream, served, downs } = startLink({ queueLimitBytes: 100, answersAtOnce: 1000 });
  stream.isSlow = true;
  stream.listener.received(
    Buffer.concat(Array.from({ length: 20 }, (_, id) => callFrame(id, 200))),
  );
  for (let answered = 1; answered < 19; answered++) {
    assert.ok(stream.isPaused);
    assert.equal(served.length, answered);
    await world.run(400);
    stream.listener.drained();
  }
  assert.deepEqual(downs, []);
  await world.run(defaultTiming.silenceLimitMs + 500);
  assert.deepEqual(downs, ["silent"]);
});

test("Link is over when what comes in is no frame, or the answer to no call", async () => {
  const cases = [
    frame(99, 0, 0),
    frame(frameKind.call, 0, 3),
    frame(frameKind.answer, 0, 0),
    Uint8Array.of(0, 0, 0, 0),
    Uint8Array.of(255, 255, 255, 255),
  ];
  for (const bytes of cases) {
    const { stream, downs, link, call, failures } = startLink();
    stream.listener.received(Buffer.concat([bytes, frame(frameKind.ping, 1, 0)]));
    assert.deepEqual(downs, ["broken"]);
    assert.ok(stream.isEnded && link.isOver && !link.isOpen);
    stream.listener.closed({ reason: "", isAbsent: false });
    assert.deepEqual(downs, ["broken"]);
    call(1);
    assert.deepEqual(failures, []);
  }
});

test("Link sends a sign of life when it has nothing to say, and is over after a silence", async () => {
  const { world, stream, downs } = startLink();
  await world.run(2900);
  const kinds = stream.written.map((bytes) => bytes[4]);
  assert.ok(kinds.length >= 2 && kinds.every((kind) => kind === frameKind.beat));
  stream.listener.received(frame(frameKind.beat, 0, 0));
  await world.run(2900);
  assert.deepEqual(downs, []);
  await world.run(700);
  assert.deepEqual(downs, ["silent"]);
});

test("Link is over after a silence also when the system takes each write a little later, as it does over TLS", async () => {
  const { world, stream, downs } = startLink();
  stream.isSlow = true;
  const taken: number[] = [];
  for (let ms = 0; ms < 5000; ms += 100) {
    await world.run(100);
    // Whoever is at the other end, or nobody: the system has room for all of it.
    if (stream.written.length > taken.length) {
      taken.push(ms);
      stream.listener.drained();
    }
  }
  assert.ok(taken.length >= 2);
  assert.deepEqual(downs, ["silent"]);
});

test("ServedCall is answered once, and not when there is nobody left", async () => {
  const { world, stream, served, link } = startLink();
  stream.listener.received(Buffer.concat([1, 2].map((id) => frame(frameKind.call, id, 10))));
  const [one, two] = served;
  assert.ok(one !== undefined && two !== undefined);
  assert.throws(
    () => one.answer(defaultLimits.payloadLimitBytes + 1, () => assert.fail()),
    RangeError,
  );
  one.answer(1, (target, at) => void (target[at] = 7));
  assert.throws(() => one.answer(1, () => assert.fail()), /once/u);
  await world.run(0);
  assert.deepEqual([...(stream.written[0] ?? [])], [6, 0, 0, 0, frameKind.answer, 1, 0, 0, 0, 7]);
  link.end("disconnected");
  assert.ok(two.isGone);
  two.answer(1, () => assert.fail("nobody is there"));
});
