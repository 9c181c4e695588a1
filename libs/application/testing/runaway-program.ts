/** Evaluates code that runs away, for the test of what stops it: a line for each piece. */
import { Evaluator } from "../src/evaluate/evaluator.ts";

const pieces = {
  "at once": "while (true) {}",
  "after a promise": "await 1; while (true) {}",
  "after a timer": "await new Promise((resolve) => setTimeout(resolve, 60)); while (true) {}",
  "that catches everything":
    "await null; for (;;) { try { for (;;); } catch {} finally { for (;;); } }",
};

await using evaluator = new Evaluator();
using session = evaluator.open({ scope: {}, say: () => {} });
using other = evaluator.open({ scope: {}, say: () => {} });
for (const [name, code] of Object.entries(pieces)) {
  const outcome = await session.evaluate(code, { timeoutMs: 50 });
  process.stdout.write(`${name}: ${outcome.type}\n`);
}
const outcome = await other.evaluate("1 + 1", { timeoutMs: 10_000 });
process.stdout.write(
  `of another: ${outcome.type} ${"value" in outcome ? String(outcome.value) : ""}\n`,
);
