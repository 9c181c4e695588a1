import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applicationGraphs } from "../testing/application-graphs.ts";
import { scriptApplication, type ScriptedApplication } from "../testing/scripted-application.ts";
import type { ApplicationMode } from "./application.ts";
import { type ApplicationErrorCode, isApplicationError } from "./errors.ts";
import { planSystem, type SystemApplication } from "./plan.ts";

function application(name: string, ...dependencies: ScriptedApplication[]): ScriptedApplication {
  return scriptApplication([], name, { dependencies });
}

function planned(...listed: readonly SystemApplication[]): string {
  return planSystem(listed)
    .map(({ application: { name }, mode }) => `${name} ${mode}`)
    .join(", ");
}

const storage = application("storage");
const kv = application("kv", storage);
const server = application("server", kv);
const other = application("other", kv);

const orders: readonly (readonly [title: string, listed: SystemApplication[], expected: string])[] =
  [
    [
      "the order listed, where nothing depends on anything",
      [
        { application: application("b"), mode: "permanent" },
        { application: application("a"), mode: "temporary" },
      ],
      "b permanent, a temporary",
    ],
    [
      "dependencies first, though they are listed later",
      [
        { application: server, mode: "permanent" },
        { application: kv, mode: "transient" },
      ],
      "storage transient, kv transient, server permanent",
    ],
    [
      "the strongest mode of those that need an unlisted dependency",
      [
        { application: server, mode: "temporary" },
        { application: other, mode: "transient" },
      ],
      "storage transient, kv transient, server temporary, other transient",
    ],
    [
      "a loaded one loads what it needs",
      [{ application: server, mode: "load" }],
      "storage load, kv load, server load",
    ],
    [
      "what is left out brings nothing along",
      [
        { application: server, mode: "none" },
        { application: storage, mode: "permanent" },
      ],
      "storage permanent",
    ],
  ];

for (const [title, listed, expected] of orders) {
  test(`planSystem() keeps: ${title}`, () => assert.equal(planned(...listed), expected));
}

function refusals(): readonly (readonly [
  ApplicationErrorCode,
  string,
  readonly (readonly [ScriptedApplication, ApplicationMode])[],
])[] {
  const circular: ScriptedApplication[] = [];
  const a = { ...application("a"), dependencies: circular };
  const c = application("c", application("b", a));
  circular.push(c);
  return [
    ["APPLICATION_CYCLE", "in a circle: a -> c -> b -> a", [[a, "permanent"]]],
    [
      "APPLICATION_DUPLICATE",
      'two applications are named "kv"',
      [
        [kv, "permanent"],
        [kv, "load"],
      ],
    ],
    [
      "APPLICATION_DUPLICATE",
      'two applications are named "kv"',
      [
        [server, "permanent"],
        [application("kv"), "permanent"],
      ],
    ],
    [
      "APPLICATION_DEPENDENCY",
      'application "server" needs "kv", whose mode is load; start both or neither',
      [
        [server, "permanent"],
        [kv, "load"],
      ],
    ],
    [
      "APPLICATION_DEPENDENCY",
      'application "kv" needs "storage", whose mode is none; start both or neither',
      [
        [server, "temporary"],
        [storage, "none"],
      ],
    ],
  ];
}

for (const [code, message, listed] of refusals()) {
  test(`planSystem() refuses: ${message}`, () => {
    const applications = listed.map(([each, mode]) => ({ application: each, mode }));
    assert.throws(
      () => planSystem(applications),
      (error: Error) => isApplicationError(error, code) && error.message.endsWith(message),
    );
  });
}

test("planSystem() puts every application after its dependencies, once, however they are listed", () => {
  fc.assert(
    fc.property(applicationGraphs, ({ listed }) => {
      const plan = planSystem(listed.map((each) => ({ application: each, mode: "permanent" })));
      const names = plan.map((each) => each.application.name);
      assert.equal(new Set(names).size, names.length);
      for (const { application: each } of plan) {
        const before = new Set(names.slice(0, names.indexOf(each.name)));
        for (const { name } of each.dependencies) assert.ok(before.has(name));
      }
      assert.ok(listed.every(({ name }) => names.includes(name)));
    }),
  );
});
