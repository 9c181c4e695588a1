import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { openAuthority, withoutOpenssl } from "../../../../test/harness/certificate-authority.ts";
import { nodeNamed } from "../testing/node-named.ts";
import { ask, RealNodes } from "../testing/real-nodes.ts";

const [foo, baz] = [nodeNamed("foo@lab"), nodeNamed("baz@den")];
const timing = { heartbeatMs: 200, silenceLimitMs: 600 };

/** Stands in front of `port`; `fallSilent` has it take all that comes and pass nothing on. */
async function startRelay(port: number) {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    near.pipe(far).pipe(near);
    sockets.push(near, far);
    for (const socket of [near, far]) socket.on("error", () => undefined);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens at a port
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    fallSilent(): void {
      server.close();
      for (const socket of sockets) socket.unpipe().resume();
    },
    [Symbol.dispose](): void {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test("a node that nothing is heard of over TLS is down, although what is sent to it is taken", {
  timeout: 60_000,
  skip: withoutOpenssl,
}, async () => {
  await using nodes = await RealNodes.prepare();
  const authority = await openAuthority(join(nodes.directory, "ca"));
  const { certificateFile, keyFile } = await authority.issue("node");
  const material = {
    certificate: await readFile(certificateFile),
    key: await readFile(keyFile),
    ca: await readFile(authority.caFile),
  };
  // As material, and as a source of it that never changes.
  const tls = { ...material, current: material, onChange: () => () => {} };
  const there = await nodes.start(baz, { listen: { host: "127.0.0.1", port: 0 }, tls, timing });
  const place = there.places.find(({ type }) => type === "tcp");
  assert.ok(place?.type === "tcp");
  using relay = await startRelay(place.port);
  const way = { host: "127.0.0.1", port: relay.port };
  const one = await nodes.start(foo, { nodes: { [baz]: way }, tls, timing });
  await ask(one, baz, Uint8Array.of(1));
  const down = Promise.withResolvers<void>();
  one.watch(({ type }) => {
    if (type === "down") down.resolve();
  });
  relay.fallSilent();
  await assert.rejects(ask(one, baz, Uint8Array.of(2)), /the write may have been applied$/u);
  await down.promise;
});
