import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { suite, test } from "node:test";
import { settled } from "../../testing/manual-time.ts";
import { ScriptedChildren } from "../../testing/scripted-child.ts";
import { openScene, type Scene } from "../../testing/supervisor-scene.ts";
import { isApplicationError } from "../errors.ts";
import { applicationChannel } from "../events.ts";
import type { StopFailure } from "../stop-failure.ts";
import { startSupervisor, type Supervisor } from "./supervisor.ts";

const boom = new Error("boom");

suite("stopping", () => {
  test("is in reverse, resolves finished, and happens once", async () => {
    const scene = await openScene((children) =>
      ["a", "b", "c"].map((id) => children.specification(id)),
    );
    await Promise.all([
      scene.supervisor[Symbol.asyncDispose](),
      scene.supervisor[Symbol.asyncDispose](),
    ]);
    await scene.supervisor[Symbol.asyncDispose]();
    await scene.supervisor.finished;
    assert.deepEqual(scene.children.takeJournal(), ["stop c", "stop b", "stop a"]);
    assert.equal(scene.time.sleepers, 0);
  });

  test("goes on when a child fails to stop, and when one is late, and rejects with both", async () => {
    const scene = await openScene((children) => [
      children.specification("a"),
      children.specification("late", { shutdownMs: 50 }),
      children.specification("bad"),
    ]);
    scene.children.stops.set("late", () => new Promise(() => {}));
    scene.children.stops.set("bad", () => Promise.reject(boom));
    const stopping = assert.rejects(
      stop(scene),
      stopFailedWith([
        { name: "top.bad", how: "failed while it was stopping: boom", failure: boom },
        { name: "top.late", how: "did not stop within 50 ms" },
      ]),
    );
    await scene.time.advance(49);
    assert.deepEqual(scene.children.takeJournal(), ["stop bad", "stop late"]);
    await scene.time.advance(1);
    await stopping;
    await scene.supervisor.finished;
    assert.deepEqual(scene.children.takeJournal(), ["stop a"]);
  });

  test("a failure of a child's last stop counts, one before a restart does not", async () => {
    const scene = await openScene((children) => [
      children.specification("a"),
      children.specification("b", { restart: "temporary" }),
    ]);
    const { stops } = scene.children;
    for (const id of ["a", "b"]) {
      stops.set(id, () => Promise.reject(boom));
      scene.children.get(id).fail(boom);
      await settled();
      stops.delete(id);
    }
    await assert.rejects(
      stop(scene),
      stopFailedWith([{ name: "top.b", how: "failed while it was stopping: boom", failure: boom }]),
    );
  });

  test("trees nest: a failure to stop far below is told above by its own name, and once", async () => {
    const children = new ScriptedChildren();
    children.stops.set("a", () => Promise.reject(boom));
    const start = (signal: AbortSignal): Promise<Supervisor> =>
      startSupervisor({
        name: "inner",
        strategy: "one-for-one",
        children: [children.specification("a")],
        signal,
      });
    const scene = await openScene(() => [{ id: "inner", start }]);
    const types: unknown[] = [];
    const record = (event: unknown): void => void types.push(Object(event).type);
    subscribe(applicationChannel, record);
    await assert.rejects(
      stop(scene),
      stopFailedWith([
        { name: "inner.a", how: "failed while it was stopping: boom", failure: boom },
      ]),
    );
    unsubscribe(applicationChannel, record);
    assert.deepEqual(types, ["stop-failed"]);
  });

  test("during a restart's pause ends the pause and starts nothing", async () => {
    const scene = await openScene((children) => [
      children.specification("a", { restartDelayMs: 60_000 }),
    ]);
    scene.children.get("a").fail(boom);
    await settled();
    await scene.supervisor[Symbol.asyncDispose]();
    assert.deepEqual(scene.children.takeJournal(), ["stop a"]);
    assert.equal(scene.time.sleepers, 0);
  });

  test("during a restart's start waits for it as long as a stop may take, then disposes of what comes late", async () => {
    const scene = await openScene((children) => [
      children.specification("a", { shutdownMs: 50 }),
      children.specification("b"),
    ]);
    const slow = Promise.withResolvers<void>();
    scene.children.trouble("a", () => slow.promise);
    scene.children.get("a").fail(boom);
    await settled();
    const stopping = assert.rejects(
      stop(scene),
      stopFailedWith([{ name: "top.a", how: "did not stop within 50 ms" }]),
    );
    await scene.time.advance(50);
    await stopping;
    assert.deepEqual(scene.children.takeJournal(), ["stop a", "start a", "stop b"]);
    slow.resolve();
    await settled();
    assert.deepEqual(scene.children.takeJournal(), ["stop a"]);
    // Nobody looks at it any more: its failure is no unhandled rejection.
    scene.children.get("a").fail(boom);
    await settled();
  });

  test("a signal that is aborted during the first start undoes it and is the reason thrown", async () => {
    const children = new ScriptedChildren();
    const order = new AbortController();
    children.trouble("b", async () => order.abort(boom));
    const specifications = ["a", "b", "c"].map((id) => children.specification(id));
    const { signal } = order;
    const starting = startSupervisor({
      name: "top",
      strategy: "one-for-one",
      children: specifications,
      signal,
    });
    await assert.rejects(starting, boom);
    assert.deepEqual(children.takeJournal(), ["start a", "start b", "stop b", "stop a"]);
  });

  test("trees nest: a start far below that is given up tells what then failed to stop", async () => {
    const children = new ScriptedChildren();
    const order = new AbortController();
    children.stops.set("a", () => Promise.reject(boom));
    children.trouble("b", async () => order.abort(boom));
    const start = (signal: AbortSignal): Promise<Supervisor> =>
      startSupervisor({
        name: "inner",
        strategy: "one-for-one",
        children: ["a", "b"].map((id) => children.specification(id)),
        signal,
      });
    const starting = startSupervisor({
      name: "top",
      strategy: "one-for-one",
      children: [{ id: "inner", start }],
      signal: order.signal,
    });
    const how = "failed while it was stopping: boom";
    await assert.rejects(starting, stopFailedWith([{ name: "inner.a", how, failure: boom }]));
  });

  test("a signal that is aborted during the first start: what then fails to stop is thrown instead", async () => {
    for (const bad of ["a", "b"]) {
      const children = new ScriptedChildren();
      const order = new AbortController();
      children.trouble("b", async () => order.abort(boom));
      children.stops.set(bad, () => Promise.reject(boom));
      const starting = startSupervisor({
        name: "top",
        strategy: "one-for-one",
        children: ["a", "b"].map((id) => children.specification(id)),
        signal: order.signal,
      });
      const name = `top.${bad}`;
      const how = "failed while it was stopping: boom";
      await assert.rejects(starting, stopFailedWith([{ name, how, failure: boom }]));
    }
  });

  test("a signal that is aborted afterwards has no meaning", async () => {
    const order = new AbortController();
    await using scene = await openScene((children) => [children.specification("a")], {
      signal: order.signal,
    });
    order.abort();
    scene.children.get("a").fail(boom);
    await settled();
    assert.deepEqual(scene.children.takeJournal(), ["stop a", "start a"]);
  });

  test("the signal of a start is not aborted when its child is stopped later", async () => {
    let seen: AbortSignal | undefined;
    const scene = await openScene((children) => [
      {
        id: "a",
        start: (signal) => {
          seen = signal;
          return children.specification("a").start(signal);
        },
      },
    ]);
    await scene.supervisor[Symbol.asyncDispose]();
    assert.equal(seen?.aborted, false);
  });
});

async function stop({ supervisor }: Scene): Promise<void> {
  await supervisor[Symbol.asyncDispose]();
}

function stopFailedWith(failures: readonly StopFailure[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isApplicationError(error, "STOP_FAILED"));
    assert.deepEqual(error.details.failures, failures);
    return true;
  };
}
