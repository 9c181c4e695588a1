import type { Answer, Answering } from "../src/index.ts";

/** The outcome, once it is durable. */
export async function settle<Outcome>(answering: Answering<Outcome>): Promise<Outcome> {
  const answer: Answer<Outcome> = await answering;
  await answer.durable;
  return answer.outcome;
}
