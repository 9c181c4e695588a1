import assert from "node:assert/strict";
import { copyFile, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { suite, test } from "node:test";
import { TLSSocket } from "node:tls";
import { isApplicationError } from "@kv/application";
import { openAuthority, withoutOpenssl } from "../../../../test/harness/certificate-authority.ts";
import { EventRecorder } from "../../test/event-recorder.ts";
import { TestClient } from "../../test/test-client.ts";
import { asked, openTlsScene } from "../../test/tls-scene.ts";

/** Whose certificate the server has shown. */
function shownTo(socket: Socket): string {
  assert.ok(socket instanceof TLSSocket);
  return String(socket.getPeerCertificate().subject.CN);
}

suite("DoorCertificates.reload()", { timeout: 60_000, skip: withoutOpenssl }, () => {
  test("is in force for new connections, and leaves those there are alone", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    await using server = await scene.listen();
    const options = await scene.trusting();
    await using before = await TestClient.secure(server.port, options);
    before.send("CREATE a\r\n");
    assert.equal(await before.reply("OK\r\n"), "OK\r\n");
    await scene.replace(await scene.authority.issue("renewed"));
    await server.certificates.reload();
    await using after = await TestClient.secure(server.port, options);
    assert.deepEqual([shownTo(before.socket), shownTo(after.socket)], ["node", "renewed"]);
    before.send("CREATE b\r\n");
    assert.equal(await before.reply("OK\r\n"), "OK\r\n");
    const loaded = recorder.of("certificate-loaded");
    assert.deepEqual(
      loaded.map((event) => event.type === "certificate-loaded" && event.subject),
      ["CN=node", "CN=renewed"],
    );
  });

  test("of files that cannot be used keeps the former ones", async () => {
    await using scene = await openTlsScene();
    await using server = await scene.listen();
    const options = await scene.trusting();
    await writeFile(scene.node.certificateFile, "half a certi");
    await assert.rejects(server.certificates.reload(), (error) => {
      assert.ok(isApplicationError(error, "TLS_UNUSABLE"));
      assert.match(error.message, /^Cannot use TLS: kv-server\.tlsCertificateFile: expected a/u);
      return true;
    });
    assert.equal(await asked(server.port, options), "UNKNOWN COMMAND");
    await scene.replace(await scene.authority.issue("old", { until: "20200101000000Z" }));
    await assert.rejects(server.certificates.reload(), /it expired at 2020-01-01/u);
    await using client = await TestClient.secure(server.port, options);
    assert.equal(shownTo(client.socket), "node");
  });

  test("concerns a client's session too: it is not resumed past a new authority", async () => {
    await using scene = await openTlsScene();
    const { caFile } = scene.authority;
    await using server = await scene.listen({}, { caFile, clientCertificates: "require" });
    const options = await scene.trusting(await scene.authority.issue("client"));
    const client = await TestClient.secure(server.port, options);
    const session = Promise.withResolvers<Buffer>();
    client.socket.on("session", session.resolve);
    client.send("NOPE\r\n");
    await client.reply("UNKNOWN COMMAND\r\n");
    const again = { ...options, session: await session.promise };
    assert.equal(await asked(server.port, again), "UNKNOWN COMMAND");
    await client[Symbol.asyncDispose]();
    const stranger = await openAuthority(`${scene.path}/stranger`, "another authority");
    await copyFile(stranger.caFile, caFile);
    await server.certificates.reload();
    assert.notEqual(await asked(server.port, again).catch(() => "refused"), "UNKNOWN COMMAND");
  });
});
