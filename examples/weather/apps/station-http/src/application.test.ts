import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { configurationOf, startSystem, type SystemApplication } from "@kv/application";
import { station } from "@weather/station";
import { stationHttp } from "./application.ts";

const applications: readonly SystemApplication[] = [
  { application: station, mode: "permanent" },
  { application: stationHttp, mode: "permanent" },
];
const configuration = configurationOf(applications, { "station-http": { port: 0 } });

suite("stationHttp", () => {
  test("serves what was reported to the station", async () => {
    await using system = await startSystem({ applications, configuration });
    system.api(station).report({ place: "oslo", degrees: -3 });
    const { port } = system.api(stationHttp);
    const response = await fetch(`http://127.0.0.1:${port}/readings`);
    assert.deepEqual(await response.json(), {
      scale: "celsius",
      readings: [{ place: "oslo", degrees: -3 }],
    });
  });

  test("says in a line that its port is taken", async () => {
    await using first = await startSystem({ applications, configuration });
    const { port } = first.api(stationHttp);
    const taken = configurationOf(applications, { "station-http": { port } });
    await assert.rejects(startSystem({ applications, configuration: taken }), (error) => {
      assert.ok(error instanceof Error && error.cause instanceof Error);
      assert.match(error.cause.message, /^Cannot listen on port \d+: .*EADDRINUSE/u);
      return true;
    });
  });
});
