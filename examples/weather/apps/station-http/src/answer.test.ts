import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Station } from "@weather/station";
import { answerTo } from "./answer.ts";

const readings = [{ place: "oslo", degrees: 3 }];
const station: Station = { scale: "celsius", report: () => true, readings: () => readings };

suite("answerTo()", () => {
  test("GET /readings answers with all readings and their scale", () => {
    const answer = answerTo({ method: "GET", path: "/readings" }, station);
    assert.deepEqual(answer, { status: 200, body: { scale: "celsius", readings } });
  });

  test("says what else there is not", () => {
    assert.equal(answerTo({ method: "GET", path: "/" }, station).status, 404);
    assert.equal(answerTo({ method: "PUT", path: "/readings" }, station).status, 405);
  });
});
