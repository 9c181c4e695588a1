import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { defaults } from "../test/start-test-listener.ts";
import { plannedDoors } from "./door.ts";
import { checkEnvironment, type ServerEnvironment } from "./environment.ts";
import { ServerError } from "./errors.ts";

type Ports = Pick<ServerEnvironment, "port" | "respPort">;

const plans: readonly [what: string, ports: Ports, resp: number | undefined][] = [
  ["off opens no second door", { port: 4040, respPort: "off" }, undefined],
  ["next is the port after the first", { port: 4040, respPort: "next" }, 4041],
  ["next to a free port is another free one", { port: 0, respPort: "next" }, 0],
  ["a number is that port", { port: 4040, respPort: 6379 }, 6379],
  ["0 is a free one", { port: 4040, respPort: 0 }, 0],
];

suite("plannedDoors()", () => {
  for (const [what, ports, resp] of plans) {
    test(what, () => {
      const line = { name: "line", port: ports.port };
      const second = resp === undefined ? [] : [{ name: "resp", port: resp }];
      assert.deepEqual(plannedDoors({ ...defaults(), ...ports }), [line, ...second]);
    });
  }
});

test("checkEnvironment() refuses one port for two doors, and a port after the last", () => {
  for (const ports of [
    { port: 4040, respPort: 4040 },
    { port: 65_535, respPort: "next" },
  ] as const) {
    const [problem, ...others] = checkEnvironment({ ...defaults(), ...ports });
    assert.deepEqual(others, []);
    assert.equal(problem?.key, "respPort");
    assert.match(problem.expected, /set it to another port, or to "off"$/u);
  }
  assert.deepEqual(checkEnvironment({ ...defaults(), port: 0, respPort: 0 }), []);
});

test("a port in use names the variable of its door, and what two nodes side by side need", () => {
  const address = "127.0.0.1:4041";
  const { message } = new ServerError("SERVER_PORT_IN_USE", { address, door: "resp" });
  const reason =
    "the port is in use; stop the program that uses it or set RESP_PORT to another one (0 picks a free one) or to off; a node takes two, PORT and the next one for RESP, unless RESP_PORT says otherwise";
  assert.equal(message, `Cannot listen on ${address}: ${reason}`);
});
