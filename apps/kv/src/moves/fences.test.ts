import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type NodeName, parseCompleteName } from "@kv/cluster";
import { MemoryStore } from "@kv/storage";
import { KvError } from "../errors.ts";
import { Fences } from "./fences.ts";
import { formatAnswer, parseAnswer } from "./routing-answer.ts";
import { type PlansAtHome, RoutingAnswers } from "./routing-answers.ts";
import { formatQuestion, parseQuestion } from "./routing-question.ts";
import { stillHome } from "./testing/still-home.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];
const table = [
  { from: 0, to: 127, node: foo },
  { from: 128, to: 255, node: bar },
];
const open = new MemoryStore({ clock: () => 0 });

/** A fence without a disk. */
class FakeFence {
  sinceMs: number | undefined;
  obstacle: string | undefined;

  async putUp(sinceMs: number): Promise<void> {
    this.sinceMs ??= sinceMs;
  }

  async takeDown(): Promise<void> {
    this.sinceMs = undefined;
  }
}

interface Home {
  readonly fence?: PlansAtHome["fence"];
  readonly store: MemoryStore | "none" | undefined;
}

/** foo's operator asks; nodes that are not there do not answer. */
function fencesOf(homes: ReadonlyMap<NodeName, Home>): Fences {
  return new Fences({
    self: foo,
    ask: async (node, written) => {
      const home = homes.get(node);
      if (home === undefined) throw new KvError("KV_NO_CONNECTION", { node });
      const { fence, store } = home;
      const question = parseQuestion(formatQuestion(written));
      assert.ok(question !== undefined);
      const report = {
        movedBytes: 0,
        longestPauseMs: 0,
        isIdle: true,
        stuck: 0,
        problem: undefined,
      };
      const answers = new RoutingAnswers({
        reader: { self: node, host: "lab" },
        plans: { ...stillHome(() => table), fence },
        problemOf: () => undefined,
        store: () => store,
        linked: () => [],
        mover: { report, wake: () => undefined },
        nowMs: () => 0,
      });
      const answer = parseAnswer(formatAnswer(await answers.answer(question)));
      assert.ok(answer !== undefined);
      return answer;
    },
  });
}

suite("Fences", () => {
  test("are put up and taken down at all nodes of the table", async () => {
    const [one, other] = [new FakeFence(), new FakeFence()];
    const fences = fencesOf(
      new Map([
        [foo, { fence: one, store: open }],
        [bar, { fence: other, store: open }],
      ]),
    );
    assert.deepEqual(await fences.status(), [{ node: foo }, { node: bar }]);
    const up = await fences.putUp();
    assert.deepEqual(
      up.map(({ node, fencedSince }) => [node, fencedSince]),
      [one, other].map(({ sinceMs = 0 }, at) => [[foo, bar][at], new Date(sinceMs).toISOString()]),
    );
    assert.deepEqual(await fences.takeDown(), [{ node: foo }, { node: bar }]);
  });

  test("name the node that does not answer, and are up at the other", async () => {
    const fence = new FakeFence();
    const up = await fencesOf(new Map([[foo, { fence, store: open }]])).putUp();
    assert.ok(fence.sinceMs !== undefined);
    assert.equal(up[0]?.problem, undefined);
    assert.deepEqual(up[1], { node: bar, problem: "no connection to bar@lab" });
  });

  test("pass over a node that stores nothing", async () => {
    const fence = new FakeFence();
    const home = { fence: new FakeFence(), store: "none" } as const;
    const up = await fencesOf(
      new Map<NodeName, Home>([
        [foo, home],
        [bar, { fence, store: open }],
      ]),
    ).putUp();
    assert.deepEqual(up[0], { node: foo, storesNothing: true });
    assert.ok(up[1]?.fencedSince !== undefined);
    assert.equal(home.fence.sinceMs, undefined);
  });

  test("are refused where something is in the way, which is none of taking them down", async () => {
    const fence = new FakeFence();
    fence.obstacle = "a change is under way";
    const fences = fencesOf(
      new Map<NodeName, Home>([
        [foo, { fence, store: open }],
        [bar, { fence: new FakeFence(), store: undefined }],
      ]),
    );
    assert.deepEqual(
      (await fences.putUp()).map(({ problem }) => problem),
      ["a change is under way", "its store is not open"],
    );
    assert.equal(fence.sinceMs, undefined);
    fence.sinceMs = 5;
    assert.deepEqual((await fences.takeDown())[0], { node: foo });
  });
});

function nodeNamed(text: string): NodeName {
  const name = parseCompleteName(text);
  assert.ok(name !== undefined);
  return name;
}
