import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ManualTime, settled } from "../../testing/manual-time.ts";
import { ScriptedChildren } from "../../testing/scripted-child.ts";
import { openScene } from "../../testing/supervisor-scene.ts";
import type { ChildSpecification, RestartType } from "../child.ts";
import { isApplicationError } from "../errors.ts";
import type { SupervisorStrategy } from "./strategy.ts";
import { startSupervisor } from "./supervisor.ts";

const boom = new Error("boom");

suite("strategies: a, b and c run, b fails", () => {
  const rows: readonly (readonly [SupervisorStrategy, string])[] = [
    ["one-for-one", "stop b, start b"],
    ["rest-for-one", "stop b, stop c, start b, start c"],
    ["one-for-all", "stop b, stop c, stop a, start a, start b, start c"],
  ];
  for (const [strategy, expected] of rows) {
    test(strategy, async () => {
      await using scene = await openScene(
        (children) => ["a", "b", "c"].map((id) => children.specification(id)),
        { strategy },
      );
      scene.children.get("b").fail(boom);
      await settled();
      assert.equal(scene.children.takeJournal().join(", "), expected);
      assert.ok(scene.supervisor.children().every(({ isRunning }) => isRunning));
    });
  }
});

suite("restart types", () => {
  const rows: readonly (readonly [RestartType, "end" | "fail", string])[] = [
    ["permanent", "end", "stop a, start a"],
    ["permanent", "fail", "stop a, start a"],
    ["transient", "end", "stop a"],
    ["transient", "fail", "stop a, start a"],
    ["temporary", "end", "stop a"],
    ["temporary", "fail", "stop a"],
  ];
  for (const [restart, ending, expected] of rows) {
    test(`${restart}, ${ending}`, async () => {
      await using scene = await openScene((children) => [children.specification("a", { restart })]);
      const child = scene.children.get("a");
      if (ending === "end") child.end();
      else child.fail(boom);
      await settled();
      assert.equal(scene.children.takeJournal().join(", "), expected);
    });
  }

  test("one-for-all: a temporary child that falls with the others stays down, a transient one comes back", async () => {
    await using scene = await openScene(
      (children) => [
        children.specification("a"),
        children.specification("b", { restart: "temporary" }),
        children.specification("c", { restart: "transient" }),
      ],
      { strategy: "one-for-all" },
    );
    scene.children.get("c").end();
    await settled();
    scene.children.takeJournal();
    scene.children.get("a").fail(boom);
    await settled();
    assert.deepEqual(scene.children.takeJournal(), ["stop a", "stop b", "start a", "start c"]);
  });
});

suite("the first start", () => {
  test("a failure stops what was started, in reverse, and is thrown", async () => {
    const children = new ScriptedChildren();
    children.trouble("c", () => Promise.reject(boom));
    const specifications = ["a", "b", "c", "d"].map((id) => children.specification(id));
    const options = { name: "top", strategy: "one-for-one", children: specifications } as const;
    await assert.rejects(startSupervisor(options), boom);
    assert.deepEqual(children.takeJournal(), ["start a", "start b", "start c", "stop b", "stop a"]);
  });

  test("with retryFirstStart it is tried again after its pause, before the next one's turn", async () => {
    const children = new ScriptedChildren();
    const time = new ManualTime();
    for (let times = 0; times < 2; times++) children.trouble("a", () => Promise.reject(boom));
    const starting = startSupervisor({
      name: "top",
      strategy: "one-for-all",
      time,
      children: [
        children.specification("a", { retryFirstStart: true, restartDelayMs: 100 }),
        children.specification("b"),
      ],
    });
    await time.advance(199);
    assert.deepEqual(children.takeJournal(), ["start a", "start a"]);
    await time.advance(1);
    await using supervisor = await starting;
    assert.deepEqual(children.takeJournal(), ["start a", "start b"]);
    assert.deepEqual(supervisor.children()[0], { id: "a", isRunning: true, restarts: 2 });
  });

  test("with retryFirstStart it gives up as it would later, with the last failure as cause", async () => {
    const children = new ScriptedChildren();
    for (let times = 1; times <= 4; times++) {
      children.trouble("a", () => Promise.reject(new Error(`failure ${times}`)));
    }
    const specification = children.specification("a", { retryFirstStart: true });
    const starting = startSupervisor({
      name: "top",
      strategy: "one-for-one",
      children: [specification],
    });
    await assert.rejects(starting, (error: Error) => {
      assert.ok(isApplicationError(error, "SUPERVISOR_GAVE_UP"));
      assert.equal(error.details.child, "a");
      assert.deepEqual(error.cause, new Error("failure 4"));
      return true;
    });
  });

  test("a child that ended while a later one was starting is restarted when all have had their turn", async () => {
    const children = new ScriptedChildren();
    children.trouble("b", async () => {
      children.get("a").fail(boom);
      await settled();
    });
    const specifications = ["a", "b", "c"].map((id) => children.specification(id));
    const options = { name: "top", strategy: "one-for-one", children: specifications } as const;
    await using supervisor = await startSupervisor(options);
    await settled();
    assert.equal(supervisor.children()[0]?.restarts, 1);
    const expected = ["start a", "start b", "start c", "stop a", "start a"];
    assert.deepEqual(children.takeJournal(), expected);
  });

  test("two children of one id are refused", async () => {
    const children = new ScriptedChildren();
    const twins = [children.specification("a"), children.specification("a")];
    const options = { name: "top", strategy: "one-for-one", children: twins } as const;
    await assert.rejects(startSupervisor(options), /two children have the same id/u);
  });
});

suite("restarts", () => {
  test("beyond the intensity all children are stopped in reverse and finished rejects with the cause", async () => {
    await using scene = await openScene((children) => [
      children.specification("a"),
      children.specification("b"),
    ]);
    for (let times = 0; times < 3; times++) {
      scene.children.get("a").fail(boom);
      await settled();
    }
    scene.children.takeJournal();
    scene.children.get("a").fail(boom);
    await assert.rejects(scene.supervisor.finished, (error: Error) => {
      assert.ok(isApplicationError(error, "SUPERVISOR_GAVE_UP"));
      assert.equal(error.cause, boom);
      return true;
    });
    assert.deepEqual(scene.children.takeJournal(), ["stop a", "stop b"]);
  });

  test("a give-up that nobody looks at is no unhandled rejection", async () => {
    await using scene = await openScene((children) => [children.specification("a")], {
      intensity: { maxRestarts: 0, periodMs: 1 },
    });
    scene.children.get("a").fail(boom);
    await settled();
    assert.deepEqual(scene.children.takeJournal(), ["stop a"]);
  });

  test("a child that ends because it is stopped is not restarted for it", async () => {
    await using scene = await openScene(
      (children) => ["a", "b"].map((id) => children.specification(id)),
      { strategy: "one-for-all" },
    );
    scene.children.stops.set("a", async () => scene.children.get("a").end());
    scene.children.get("b").fail(boom);
    await settled();
    const expected = ["stop b", "stop a", "start a", "start b"];
    assert.deepEqual(scene.children.takeJournal(), expected);
  });

  test("a permanent child that only ended gives the give-up ENDED_UNASKED as its cause", async () => {
    await using scene = await openScene((children) => [children.specification("a")], {
      intensity: { maxRestarts: 0, periodMs: 1 },
    });
    scene.children.get("a").end();
    await assert.rejects(scene.supervisor.finished, ({ cause }: Error) =>
      isApplicationError(cause, "ENDED_UNASKED"),
    );
  });

  test("a start that fails during a restart counts, and is tried again with its own part of the strategy", async () => {
    await using scene = await openScene(
      (children) => ["a", "b", "c"].map((id) => children.specification(id)),
      { strategy: "rest-for-one" },
    );
    scene.children.trouble("c", () => Promise.reject(boom));
    scene.children.get("b").fail(boom);
    await settled();
    const expected = "stop b, stop c, start b, start c, start c";
    assert.equal(scene.children.takeJournal().join(", "), expected);
  });

  test("an ending during the pause of another restart waits for its turn", async () => {
    await using scene = await openScene((children) => [
      children.specification("a", { restartDelayMs: 100 }),
      children.specification("b"),
    ]);
    scene.children.get("a").fail(boom);
    await settled();
    scene.children.get("b").fail(boom);
    await settled();
    assert.deepEqual(scene.children.takeJournal(), ["stop a"]);
    await scene.time.advance(100);
    assert.deepEqual(scene.children.takeJournal(), ["start a", "stop b", "start b"]);
  });

  test("trees nest: a supervisor that gave up is restarted by the one above", async () => {
    const children = new ScriptedChildren();
    const inner: ChildSpecification = {
      id: "inner",
      start: (signal) =>
        startSupervisor({
          name: "inner",
          strategy: "one-for-one",
          children: [children.specification("a")],
          intensity: { maxRestarts: 0, periodMs: 1 },
          signal,
        }),
    };
    await using scene = await openScene(() => [inner]);
    children.get("a").fail(boom);
    await settled();
    assert.deepEqual(children.takeJournal(), ["start a", "stop a", "start a"]);
    assert.equal(scene.supervisor.children()[0]?.restarts, 1);
  });
});
