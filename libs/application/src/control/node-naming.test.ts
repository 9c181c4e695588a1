import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { scriptApplication } from "../../testing/scripted-application.ts";
import { namingOf, nodeNamed, nodeNameIn } from "./node-naming.ts";

const mute = scriptApplication([], "mute");
const nodeName = {
  key: "node",
  nameOf: (text: string) => (text.includes("!") ? undefined : `${text}@here`),
};
const naming = { ...scriptApplication([], "store"), nodeName };

suite("a node whose applications name it", () => {
  const named = namingOf([mute, naming], "foo");

  test("is called as the key of that application says", () => {
    const asked: string[] = [];
    const getEnv = (application: string, key: string): unknown => {
      asked.push(`${application}.${key}`);
      return "bar";
    };
    assert.equal(nodeNameIn(named, { getEnv }), "bar@here");
    assert.deepEqual(asked, ["store.node"]);
  });

  test("is a bug when the key names none", () => {
    for (const value of ["!", undefined, 1]) {
      assert.throws(() => nodeNameIn(named, { getEnv: () => value }), {
        message: "store.node names no node",
      });
    }
  });

  test("is meant by what that application reads as its name", () => {
    assert.deepEqual([nodeNamed(named, "bar"), nodeNamed(named, "!")], ["bar@here", undefined]);
  });
});

suite("a node whose applications do not care", () => {
  const named = namingOf([mute], "foo");

  test("is called by the name it was started under", () => {
    assert.equal(nodeNameIn(named, { getEnv: () => "bar" }), "foo");
  });

  test("is meant by a name that can be one of a file", () => {
    const texts = ["foo", "foo@host.example", "foo-2", "../foo", "a b", ""];
    assert.deepEqual(
      texts.map((text) => nodeNamed(named, text)),
      ["foo", "foo@host.example", "foo-2", undefined, undefined, undefined],
    );
  });
});
