import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { suite, test } from "node:test";
import fc from "fast-check";
import { applicationGraphs } from "../../testing/application-graphs.ts";
import { ManualTime, settled } from "../../testing/manual-time.ts";
import { scriptApplication, type ScriptedApplication } from "../../testing/scripted-application.ts";
import type { ApplicationMode } from "../application.ts";
import { configurationOf } from "../configuration/load-configuration.ts";
import { isApplicationError } from "../errors.ts";
import { applicationChannel } from "../events.ts";
import type { StopFailure } from "../stop-failure.ts";
import type { SystemApplication } from "../plan.ts";
import { startSystem } from "./start-system.ts";
import type { System } from "./system.ts";

const boom = new Error("boom");

function start(
  listed: readonly (readonly [ScriptedApplication, ApplicationMode])[],
  options: { time?: ManualTime; signal?: AbortSignal } = {},
): Promise<System> {
  const applications: SystemApplication[] = listed.map(([application, mode]) => ({
    application,
    mode,
  }));
  return startSystem({ applications, configuration: configurationOf(applications), ...options });
}

/** server needs kv, kv needs nothing; both write to `journal`. */
function pair(kvTerms: Parameters<typeof scriptApplication>[2] = {}) {
  const journal: string[] = [];
  const kv = scriptApplication(journal, "kv", kvTerms);
  const server = scriptApplication(journal, "server", { dependencies: [kv] });
  return { journal, kv, server };
}

suite("start and stop", () => {
  test("in the order of dependencies, and in reverse, once", async () => {
    const { journal, kv, server } = pair();
    const system = await start([
      [server, "permanent"],
      [kv, "permanent"],
    ]);
    assert.deepEqual(journal, ["start kv", "start server"]);
    await Promise.all([system[Symbol.asyncDispose](), system[Symbol.asyncDispose]()]);
    assert.deepEqual(journal.slice(2), ["stop server", "stop kv"]);
    assert.deepEqual(await system.finished, { type: "stopped" });
  });

  test("of any graph: each starts after what it needs, and stops before it", async () => {
    const property = fc.asyncProperty(applicationGraphs, async ({ journal, listed }) => {
      const system = await start(listed.map((each) => [each, "permanent"]));
      await system[Symbol.asyncDispose]();
      const starts = journal.filter((entry) => entry.startsWith("start "));
      const stops = journal.slice(starts.length).toReversed();
      assert.deepEqual(
        stops.map((entry) => entry.replace("stop", "start")),
        starts,
      );
      for (const { name, dependencies } of listed) {
        for (const needed of dependencies) {
          assert.ok(starts.indexOf(`start ${needed.name}`) < starts.indexOf(`start ${name}`));
        }
      }
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test("an application that is only loaded is configured and not started", async () => {
    const { journal, kv } = pair({ environment: {} });
    await using system = await start([[kv, "load"]]);
    assert.deepEqual(journal, []);
    assert.throws(() => system.api(kv), isApplicationErrorWith("APPLICATION_NOT_RUNNING"));
  });

  test("a failed start stops those that run, in reverse, and keeps its cause", async () => {
    const { journal, kv, server } = pair();
    const last = scriptApplication(journal, "last", { onStart: () => Promise.reject(boom) });
    const starting = start([
      [server, "permanent"],
      [kv, "permanent"],
      [last, "temporary"],
    ]);
    await assert.rejects(starting, (error: Error) => {
      assert.ok(isApplicationError(error, "APPLICATION_FAILED"));
      assert.equal(error.details.application, "last");
      assert.equal(error.cause, boom);
      return true;
    });
    assert.deepEqual(journal.slice(3), ["stop server", "stop kv"]);
  });

  test("a permanent application that ends while others start fails the start", async () => {
    const { journal, kv } = pair();
    const slow = scriptApplication(journal, "slow", {
      dependencies: [kv],
      onStart: async ({ signal }) => {
        kv.child().fail(boom);
        await settled();
        signal.throwIfAborted();
      },
    });
    await assert.rejects(start([[slow, "permanent"]]), (error: Error) => {
      assert.ok(isApplicationError(error, "APPLICATION_FAILED"));
      assert.equal(error.details.application, "kv");
      assert.equal(error.cause, boom);
      return true;
    });
    assert.deepEqual(journal, ["start kv", "start slow", "stop kv"]);
  });

  test("also one that ends in the moment in which the last one has started", async () => {
    const { journal, kv } = pair();
    const last = scriptApplication(journal, "last", {
      dependencies: [kv],
      onStart: () => kv.child().fail(boom),
    });
    await assert.rejects(start([[last, "permanent"]]), (error: Error) => {
      assert.ok(isApplicationError(error, "APPLICATION_FAILED"));
      assert.equal(error.details.application, "kv");
      return true;
    });
    assert.deepEqual(journal, ["start kv", "start last", "stop last", "stop kv"]);
  });

  test("also one that has ended when it is handed over, as the last", async () => {
    const { journal, kv } = pair();
    const stillborn = scriptApplication(journal, "stillborn", { dependencies: [kv] });
    const handedOver = async (context: Parameters<typeof stillborn.start>[0]) => {
      const running = await stillborn.start(context);
      stillborn.child().fail(boom);
      return running;
    };
    const starting = start([[{ ...stillborn, start: handedOver }, "permanent"]]);
    await assert.rejects(starting, ({ cause }: Error) => cause === boom);
    assert.deepEqual(journal, ["start kv", "start stillborn", "stop stillborn", "stop kv"]);
  });

  test("an aborted start is undone, and throws the reason of its signal", async () => {
    const { journal, kv } = pair();
    const order = new AbortController();
    const slow = scriptApplication(journal, "slow", {
      dependencies: [kv],
      onStart: () => order.abort(boom),
    });
    await assert.rejects(start([[slow, "permanent"]], { signal: order.signal }), boom);
    assert.deepEqual(journal, ["start kv", "start slow", "stop slow", "stop kv"]);
  });

  test("an application that does not stop in time is left behind, and named in the end", async () => {
    const time = new ManualTime();
    const { journal, kv } = pair();
    const stuck = scriptApplication(journal, "stuck", {
      dependencies: [kv],
      shutdownMs: 40,
      onStop: () => new Promise(() => {}),
    });
    const system = await start([[stuck, "permanent"]], { time });
    const stopping = system[Symbol.asyncDispose]();
    await time.advance(39);
    assert.deepEqual(journal.slice(2), ["stop stuck"]);
    await time.advance(1);
    await stopping;
    assert.deepEqual(journal.slice(3), ["stop kv"]);
    assert.equal(time.sleepers, 0);
    const failures = [{ name: "stuck", how: "did not stop within 40 ms" }];
    assert.deepEqual(await stopFailures(system), failures);
  });

  test("all that fail to stop are named in the end, in their order, also one that is not missed", async () => {
    const onStop = () => Promise.reject(boom);
    const { journal, kv, server } = pair({ onStop });
    const job = scriptApplication(journal, "job", { onStop });
    const system = await start([
      [server, "permanent"],
      [job, "temporary"],
    ]);
    job.child().end();
    await settled();
    await system[Symbol.asyncDispose]();
    const how = "failed while it was stopping: boom";
    assert.deepEqual(await stopFailures(system), [
      { name: "job", how, failure: boom },
      { name: kv.name, how, failure: boom },
    ]);
  });

  test("an application that fails and then fails to stop has failed", async () => {
    const { kv } = pair({ onStop: () => Promise.reject(new Error("odd")) });
    const system = await start([[kv, "permanent"]]);
    kv.child().fail(boom);
    assert.deepEqual(await system.finished, { type: "failed", application: "kv", error: boom });
  });

  test("a failure to stop does not hide why an application ended during the start", async () => {
    const { journal, kv } = pair();
    const slow = scriptApplication(journal, "slow", {
      dependencies: [kv],
      onStart: () => kv.child().fail(boom),
      onStop: () => Promise.reject(new Error("odd")),
    });
    await assert.rejects(start([[slow, "permanent"]]), ({ cause }: Error) => cause === boom);
  });

  test("an aborted start whose application fails to stop throws that", async () => {
    const order = new AbortController();
    const kv = scriptApplication([], "kv", {
      onStart: () => order.abort(new Error("enough")),
      onStop: () => Promise.reject(boom),
    });
    const starting = start([[kv, "permanent"]], { signal: order.signal });
    await assert.rejects(starting, (error) => isApplicationError(error, "STOP_FAILED"));
  });
});

suite("modes: what the end of an application means", () => {
  const rows: readonly (readonly [ApplicationMode, "end" | "fail", "goes on" | "is down"])[] = [
    ["permanent", "end", "is down"],
    ["permanent", "fail", "is down"],
    ["transient", "end", "goes on"],
    ["transient", "fail", "is down"],
    ["temporary", "end", "goes on"],
    ["temporary", "fail", "goes on"],
  ];
  for (const [mode, ending, expected] of rows) {
    test(`${mode}, ${ending}: the system ${expected}`, async () => {
      const { journal, kv, server } = pair();
      await using system = await start([
        [kv, "permanent"],
        [server, mode],
      ]);
      if (ending === "end") server.child().end();
      else server.child().fail(boom);
      await settled();
      const stops = expected === "is down" ? ["stop server", "stop kv"] : ["stop server"];
      assert.deepEqual(journal.slice(2), stops);
      if (expected === "goes on") return;
      const exit = await system.finished;
      assert.ok(exit.type === "failed" && exit.application === "server");
      if (ending === "fail") assert.equal(exit.error, boom);
      else assert.ok(isApplicationError(exit.error, "ENDED_UNASKED"));
    });
  }
});

test("the stop waits for an application that ended by itself and is still being disposed of", async () => {
  const journal: string[] = [];
  const disposal = Promise.withResolvers<void>();
  const job = scriptApplication(journal, "job", { onStop: () => disposal.promise });
  const system = await start([[job, "temporary"]]);
  job.child().end();
  await settled();
  assert.deepEqual(journal, ["start job", "stop job"]);
  let isStopped = false;
  const stopping = system[Symbol.asyncDispose]().then(() => (isStopped = true));
  await settled();
  assert.equal(isStopped, false);
  disposal.resolve();
  await stopping;
});

test("events tell what ended by itself, and not what ended because it was stopped", async () => {
  const journal: string[] = [];
  const job = scriptApplication(journal, "job");
  const kv = scriptApplication(journal, "kv", { onStop: async () => kv.child().end() });
  const types: string[] = [];
  const record = (event: unknown): void => {
    types.push(`${Object(event).type} ${Object(event).application}`);
  };
  subscribe(applicationChannel, record);
  const system = await start([
    [kv, "permanent"],
    [job, "temporary"],
  ]);
  job.child().fail(boom);
  await settled();
  await system[Symbol.asyncDispose]();
  await settled();
  unsubscribe(applicationChannel, record);
  assert.deepEqual(types, [
    "application-started kv",
    "application-started job",
    "system-started undefined",
    "application-ended job",
    "application-stopped job",
    "application-stopped kv",
  ]);
});

suite("what applications have of each other", () => {
  test("use() gives the API of a declared dependency, and of nothing else", async () => {
    const { kv, server } = pair();
    await using system = await start([[server, "permanent"]]);
    assert.equal(server.context().use(kv), "api of kv");
    assert.equal(system.api(server), "api of server");
    assert.throws(() => kv.context().use(server), /kv does not declare/u);
  });

  test("two systems of the same applications run in one process", async () => {
    const { journal, kv, server } = pair();
    const one = await start([[server, "permanent"]]);
    await using two = await start([[server, "permanent"]]);
    await one[Symbol.asyncDispose]();
    assert.equal(two.api(kv), "api of kv");
    const starts = ["start kv", "start server", "start kv", "start server"];
    assert.deepEqual(journal, [...starts, "stop server", "stop kv"]);
  });
});

function isApplicationErrorWith(code: "APPLICATION_NOT_RUNNING"): (error: unknown) => boolean {
  return (error) => isApplicationError(error, code);
}

async function stopFailures(system: System): Promise<readonly StopFailure[]> {
  const exit = await system.finished;
  assert.ok(exit.type === "stop-failed");
  return exit.error.details.failures;
}
