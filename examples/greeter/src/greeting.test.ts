import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { greeting, languages } from "./greeting.ts";

suite("greeting()", () => {
  test("greets in every language, in a line of its own", () => {
    assert.equal(greeting("pt", "127.0.0.1"), "Bom dia, 127.0.0.1!\r\n");
    const said = languages.map((language) => greeting(language, "127.0.0.1"));
    assert.equal(new Set(said).size, languages.length);
  });
});
