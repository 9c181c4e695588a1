import assert from "node:assert/strict";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { suite, test } from "node:test";
import { configurationOf, startSystem, type SystemApplication } from "@kv/application";
import { greeter } from "./application.ts";

const applications: readonly SystemApplication[] = [{ application: greeter, mode: "permanent" }];

suite("greeter", () => {
  test("greets in the configured language, and in another one once that is put", async () => {
    const configuration = configurationOf(applications, { greeter: { port: 0, language: "de" } });
    await using system = await startSystem({ applications, configuration });
    const { port } = system.api(greeter);
    assert.equal(await text(connect(port, "127.0.0.1")), "Guten Tag, 127.0.0.1!\r\n");
    system.putEnv("greeter", "language", "pt");
    assert.equal(await text(connect(port, "127.0.0.1")), "Bom dia, 127.0.0.1!\r\n");
  });
});
