import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { formatAnswer, parseAnswer } from "./routing-answer.ts";
import { formatQuestion, parseQuestion, type WrittenQuestion } from "./routing-question.ts";

const plan = {
  planId: "p-1",
  next: "a-z=bar@lab",
  previous: ["a-z=foo@lab"],
  participants: ["foo@lab", "bar@lab"],
};
const QUESTIONS: readonly WrittenQuestion[] = [
  { type: "prepare", plan },
  { type: "adopt", planId: "p-1" },
  { type: "abandon", planId: "p-1" },
  { type: "forget", node: "foo@lab" },
  { type: "commit", planId: "p-1" },
  { type: "fence", sinceMs: 1 },
  { type: "unfence" },
  { type: "state" },
  { type: "survey", surveyId: "s", table: "a-z=bar@lab" },
];

suite("parseQuestion()", () => {
  test("reads each question that is written", () => {
    for (const question of QUESTIONS) {
      const parsed = parseQuestion(formatQuestion(question));
      assert.equal(parsed?.type, question.type);
    }
  });

  for (const [what, text] of [
    ["nothing", ""],
    ["what is no JSON", "{"],
    ["no object", "null"],
    ["another type", '{"type":"run"}'],
    ["an unknown member", '{"type":"state","more":1}'],
    [
      "a plan without nodes",
      JSON.stringify({ type: "prepare", plan: { ...plan, participants: [] } }),
    ],
    [
      "a table with self in it",
      JSON.stringify({ type: "prepare", plan: { ...plan, next: "a=self" } }),
    ],
    [
      "a table with a short name",
      JSON.stringify({ type: "prepare", plan: { ...plan, next: "a=foo" } }),
    ],
    ["a name of a plan that is none", '{"type":"adopt","planId":"a b"}'],
  ] as const) {
    test(`refuses ${what}`, () => {
      assert.equal(parseQuestion(text), undefined);
    });
  }

  test("never fails, and takes only what it would write", () => {
    const texts = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constantFrom(...QUESTIONS).chain((question) => {
        const text = formatQuestion(question);
        return fc
          .tuple(fc.nat({ max: text.length }), fc.string({ maxLength: 3 }))
          .map(([at, more]) => text.slice(0, at) + more + text.slice(at + 1));
      }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        parseQuestion(text);
        parseAnswer(text);
      }),
      { numRuns: 1_000 },
    );
  });
});

test("parseAnswer() reads what formatAnswer() writes, and nothing more", () => {
  const state = {
    type: "state",
    node: "foo@lab",
    table: "a-z=foo@lab",
    origin: "applied",
    linked: ["bar@lab"],
    movedBuckets: 1,
    movedBytes: 2,
    unconfirmed: 0,
    isIdle: true,
    longestPauseMs: 0.5,
    stuck: 0,
  } as const;
  assert.equal(parseAnswer(formatAnswer({ ...state, linked: ["bar@lab"] }))?.type, "state");
  assert.equal(parseAnswer(JSON.stringify({ ...state, movedBytes: -1 })), undefined);
  assert.equal(parseAnswer(JSON.stringify({ ...state, node: "foo" })), undefined);
  assert.equal(parseAnswer(JSON.stringify({ ...state, secret: 1 })), undefined);
});
