import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { EventRecorder } from "../test/event-recorder.ts";
import { ServerLog } from "./server-log.ts";

const peer = "192.0.2.7:50312";

suite("ServerLog", () => {
  test("names the peer of whatever happens to one connection", () => {
    using recorder = new EventRecorder();
    const log = new ServerLog("kv@test", () => 0);
    log.wrongPassword(peer);
    log.tooManyLogins(peer);
    log.slowReaderCut(peer, 1);
    log.tooManyConnections(peer, 2);
    log.connectionCrashed(peer, new TypeError("x is not a function"));
    assert.equal(recorder.events.length, 5);
    for (const event of recorder.events) {
      assert.ok("peer" in event && event.peer === peer);
      assert.ok(event.message.includes(peer), event.message);
    }
  });

  test("tells how many were left out when the second is over, and nothing twice", (context) => {
    using recorder = new EventRecorder();
    const { timers } = context.mock;
    timers.enable({ apis: ["setTimeout"] });
    let nowMs = 0;
    const pass = (ms: number): void => {
      nowMs += ms;
      timers.tick(ms);
    };
    const log = new ServerLog("kv@test", () => nowMs);
    log.wrongPassword(peer);
    pass(400);
    for (let n = 0; n < 3; n++) log.wrongPassword(peer);
    pass(599);
    assert.deepEqual(recorder.of("more-incidents"), []);
    pass(1);
    assert.deepEqual(recorder.of("more-incidents"), [
      {
        type: "more-incidents",
        level: "warn",
        message: "3 more wrong names or passwords",
        node: "kv@test",
        kind: "wrong-password",
        count: 3,
      },
    ]);
    log.wrongPassword(peer);
    pass(5000);
    assert.equal(recorder.of("more-incidents").length, 1);
    assert.equal(recorder.of("wrong-password").length, 2);
  });

  test("tells the rest when all is over, and leaves no timer behind", (context) => {
    using recorder = new EventRecorder();
    const { timers } = context.mock;
    timers.enable({ apis: ["setTimeout"] });
    let nowMs = 0;
    const log = new ServerLog("kv@test", () => nowMs);
    for (let n = 0; n < 3; n++) log.tooManyConnections(peer, 1);
    log.drained(0);
    const messages = recorder.events.map(({ message }) => message);
    assert.deepEqual(messages.slice(1), [
      "2 more connections were turned away",
      "All connections are closed",
    ]);
    log.tooManyConnections(peer, 1);
    const quiet = new ServerLog("kv@test", () => nowMs);
    quiet.wrongPassword(peer);
    quiet.drained(0);
    quiet.wrongPassword(peer);
    nowMs = 10_000;
    timers.tick(10_000);
    assert.equal(recorder.of("more-incidents").length, 1);
  });
});
