import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { isStorageError } from "../../errors.ts";
import { type Behaviour, type FakeNode, hangUp } from "../testing/fake-node.ts";
import { keyOf, openScene, type Scene } from "../testing/fake-scene.ts";
import { failure } from "../testing/resp.ts";
import { keySlot } from "./topology/key-slot.ts";

/** What a server does to a script that it is sent. */
const misfortunes = [
  "none",
  "none",
  "none",
  "CLUSTERDOWN",
  "TRYAGAIN",
  "NOSCRIPT",
  "ASK",
  "lost before",
  "lost after",
] as const;
type Misfortune = (typeof misfortunes)[number];

interface Executed {
  readonly key: string;
  readonly value: string;
}

/** Has a server meet one misfortune a script, and notes what it executed in spite of it. */
function unlucky(other: FakeNode, left: Misfortune[], executed: Executed[]): Behaviour {
  let isAsking = false;
  return (words) => {
    const [command = "", , , key = "", value = ""] = words;
    if (command === "ASKING") isAsking = true;
    if (command !== "EVALSHA" && command !== "EVAL") return undefined;
    // Who is asked for what is on its way takes it.
    const misfortune = isAsking ? "none" : (left.shift() ?? "none");
    isAsking = false;
    if (misfortune === "none" || misfortune === "lost after") executed.push({ key, value });
    if (misfortune === "none") return undefined;
    if (misfortune.startsWith("lost")) return hangUp;
    const slot = keySlot(Buffer.from(key, "latin1"));
    return failure(misfortune === "ASK" ? `ASK ${slot} ${other.address}` : `${misfortune} for now`);
  };
}

const anyCourse = fc.record({
  first: fc.array(fc.constantFrom(...misfortunes), { maxLength: 12 }),
  second: fc.array(fc.constantFrom(...misfortunes), { maxLength: 12 }),
  writes: fc.array(
    fc.record({
      place: fc.constantFrom(0, 1),
      name: fc.constantFrom("x", "y"),
      mayRepeat: fc.boolean(),
      /** Waits for the ones before it. */
      isAlone: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  ),
});

suite("the outcomes of writes", () => {
  test("are true, and writes of one key are executed in the order of their calls", async () => {
    await using scene = await openScene({ deadlineMs: 20_000 });
    await fc.assert(
      fc.asyncProperty(anyCourse, async (course) => {
        await checkCourse(scene, course);
      }),
      { numRuns: 800 },
    );
  });
});

async function checkCourse(
  scene: Scene,
  { first, second, writes }: typeof anyCourse extends fc.Arbitrary<infer Course> ? Course : never,
): Promise<void> {
  const executed: Executed[] = [];
  const [one, two] = [scene.servers.node(0), scene.servers.node(1)];
  one.behaviour = unlucky(two, [...first], executed);
  two.behaviour = unlucky(one, [...second], executed);
  const outcomes: Promise<string>[] = [];
  for (const [index, { place, name, mayRepeat, isAlone }] of writes.entries()) {
    const put = scene.put(place, String(index), { name, mayRepeat });
    outcomes.push(put.then(({ isRepeated }) => (isRepeated ? "repeated" : "kept"), codeOf));
    if (isAlone) await Promise.all(outcomes);
  }
  for (const [index, outcome] of (await Promise.all(outcomes)).entries()) {
    const times = executed.filter(({ value }) => value === String(index)).length;
    const { mayRepeat = false } = writes[index] ?? {};
    if (outcome === "kept") assert.equal(times, 1, `${index} is kept`);
    if (outcome === "repeated") assert.ok(mayRepeat && times >= 1, `${index} was repeated`);
    if (outcome === "STORAGE_UNAVAILABLE") assert.equal(times, 0, `${index} did not happen`);
    if (outcome === "STORAGE_UNANSWERED") assert.ok(mayRepeat || times <= 1, `${index} may have`);
  }
  for (const place of [0, 1]) {
    for (const name of ["x", "y"]) {
      const key = keyOf(place, name).toString("latin1");
      const order = executed
        .filter((write) => write.key === key && writes[Number(write.value)]?.mayRepeat === false)
        .map(({ value }) => Number(value));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
        `of ${key}`,
      );
    }
  }
}

function codeOf(error: unknown): string {
  const isOutcome =
    isStorageError(error, "STORAGE_UNAVAILABLE") || isStorageError(error, "STORAGE_UNANSWERED");
  if (!isOutcome) throw error;
  return error.code;
}
