import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { suite, test } from "node:test";
import { callNode } from "../operator/call-node.ts";
import {
  type ControlScene,
  openControlScene,
  plainCall,
  sceneCookie,
} from "../../../testing/control-scene.ts";
import { ManualTime, settled } from "../../../testing/manual-time.ts";
import { isApplicationError } from "../../errors.ts";
import type { NodeCommand } from "../declaration/command.ts";
import { FrameLink } from "../protocol/frame-link.ts";
import { connectionLimit, handshakeMs, strangerFrameBytes } from "../protocol/limits.ts";
import { protocolVersion } from "../protocol/message.ts";
import { createNonce, prove } from "../protocol/proof.ts";

type ToyCommand = NodeCommand<unknown, unknown, unknown>;

function command(name: string, run: ToyCommand["run"], more: Partial<ToyCommand> = {}): ToyCommand {
  return { name, summary: "For a test", where: "node", run, ...more };
}

const hello = command("hello", () => "hello, operator");

/** Says what an operator says, with a proof made by `cookie`. */
async function greet(link: FrameLink, cookie = sceneCookie): Promise<unknown> {
  const heard = await hear(link);
  const operatorNonce = createNonce();
  const challenge = { node: "toy", nodeNonce: String(heard["nonce"]), operatorNonce };
  const proof = prove(cookie, "operator", challenge);
  await link.send({ type: "proof", protocol: protocolVersion, nonce: operatorNonce, proof });
  return await hear(link);
}

async function hear(link: FrameLink): Promise<Readonly<Record<string, unknown>>> {
  const frame = await link.receive();
  assert.equal(frame?.type, "message");
  return Object.fromEntries(Object.entries(Object(frame.message)));
}

/** What is left of a connection that the node has ended. */
async function end(link: FrameLink): Promise<unknown> {
  const frame = await link.receive().catch((error: unknown) => error);
  link.destroy();
  return frame;
}

function types(scene: ControlScene): readonly string[] {
  return scene.events.map(({ type }) => type);
}

suite("the handshake", () => {
  test("lets in who knows the cookie, and proves that the node does", async () => {
    await using scene = await openControlScene({ commands: [hello] });
    assert.equal(await scene.call("hello"), "hello, operator");
  });

  test("refuses a wrong cookie, and says so in the log", async () => {
    await using scene = await openControlScene({ commands: [hello] });
    const link = await scene.connect();
    assert.deepEqual(await greet(link, "another cookie"), { type: "refused", why: "cookie" });
    assert.equal(await end(link), undefined);
    assert.ok(types(scene).includes("control-wrong-cookie"));
    const shown = JSON.stringify(scene.events);
    assert.ok(!shown.includes("cookie of the tests") && !shown.includes("another cookie"));
  });

  test("refuses a proof that was overheard", async () => {
    await using scene = await openControlScene({ commands: [hello] });
    const first = await scene.connect();
    const heard = await hear(first);
    const operatorNonce = createNonce();
    const challenge = { node: "toy", nodeNonce: String(heard["nonce"]), operatorNonce };
    const proof = prove(sceneCookie, "operator", challenge);
    const overheard = { type: "proof", protocol: protocolVersion, nonce: operatorNonce, proof };
    await first.send(overheard);
    assert.equal((await hear(first))["type"], "welcome");
    const second = await scene.connect();
    await hear(second);
    await second.send(overheard);
    assert.deepEqual(await hear(second), { type: "refused", why: "cookie" });
    first.destroy();
    second.destroy();
  });

  test("refuses the node's own proof as the operator's", async () => {
    await using scene = await openControlScene({ commands: [hello] });
    const link = await scene.connect();
    const heard = await hear(link);
    const nonce = createNonce();
    const challenge = { node: "toy", nodeNonce: String(heard["nonce"]), operatorNonce: nonce };
    const proof = prove(sceneCookie, "node", challenge);
    await link.send({ type: "proof", protocol: protocolVersion, nonce, proof });
    assert.deepEqual(await hear(link), { type: "refused", why: "cookie" });
    link.destroy();
  });

  test("refuses another version of the protocol", async () => {
    await using scene = await openControlScene();
    const link = await scene.connect();
    await hear(link);
    const digits = "0".repeat(64);
    await link.send({ type: "proof", protocol: 99, nonce: digits, proof: digits });
    assert.deepEqual(await hear(link), { type: "refused", why: "protocol" });
    link.destroy();
  });

  test("closes on a command before the proof", async () => {
    await using scene = await openControlScene({ commands: [hello] });
    const link = await scene.connect();
    await hear(link);
    await link.send({ type: "run", command: "hello", words: [], options: {} });
    assert.equal(await end(link), undefined);
  });

  for (const [what, bytes] of [
    ["garbage", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["a frame beyond the limit for strangers", frameHead(strangerFrameBytes + 1)],
  ] as const) {
    test(`closes on ${what}, logs it, and serves on`, async () => {
      await using scene = await openControlScene({ commands: [hello] });
      const socket = createConnection(scene.target.path);
      socket.write(bytes);
      socket.resume();
      await once(socket, "close");
      assert.ok(types(scene).includes("control-failed"));
      assert.equal(await scene.call("hello"), "hello, operator");
    });
  }

  test("lets go of who says nothing for five seconds", async () => {
    const time = new ManualTime();
    await using scene = await openControlScene({ commands: [hello], time });
    const link = await scene.connect();
    await hear(link);
    await time.advance(handshakeMs);
    assert.deepEqual(await hear(link), { type: "refused", why: "late" });
    link.destroy();
  });

  test("turns away more connections than there may be", async () => {
    await using scene = await openControlScene({ commands: [hello] });
    const links = await Promise.all(Array.from({ length: connectionLimit }, () => scene.connect()));
    await Promise.all(links.map((link) => hear(link)));
    await assert.rejects(scene.call("hello"), /too many operators/u);
    for (const link of links) link.destroy();
  });
});

suite("commands on a node", () => {
  test("run several at once", async () => {
    const together = Promise.withResolvers<void>();
    let waiting = 0;
    const meet = command("meet", async () => {
      if (++waiting === 5) together.resolve();
      await together.promise;
      return "met";
    });
    await using scene = await openControlScene({ commands: [meet] });
    const calls = Array.from({ length: 5 }, () => scene.call("meet"));
    assert.deepEqual(
      await Promise.all(calls),
      Array.from({ length: 5 }, () => "met"),
    );
  });

  test("hear by their signal that the operator has gone", async () => {
    const heard = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const wait = command("wait", async ({ signal }) => {
      signal.addEventListener("abort", () => heard.resolve());
      begun.resolve();
      await heard.promise;
      signal.throwIfAborted();
    });
    await using scene = await openControlScene({ commands: [wait] });
    const operator = new AbortController();
    const call = scene.call("wait", { signal: operator.signal });
    await begun.promise;
    operator.abort(new Error("ctrl-C"));
    await assert.rejects(call, /ctrl-C/u);
    await heard.promise;
    await settled();
    assert.ok(types(scene).includes("command-abandoned"));
  });

  test("print no further ahead of a reader than a bounded number of bytes", async () => {
    let printed = 0;
    const line = "x".repeat(1000);
    const print = command("print", async (context) => {
      for (; printed < 100_000; printed++) await context.print(line);
    });
    await using scene = await openControlScene({ commands: [print] });
    const link = await scene.connect();
    await greet(link);
    await link.send({ type: "run", command: "print", words: [], options: {} });
    await hear(link);
    let before = -1;
    while (before !== printed) {
      before = printed;
      for (let turns = 0; turns < 100; turns++) await settled();
    }
    assert.ok(printed < 10_000, `${printed} lines of a thousand bytes`);
    link.destroy();
  });

  test("take input no faster than they read it", async () => {
    const goOn = Promise.withResolvers<void>();
    let received = 0;
    const take = command("take", async ({ input }) => {
      await goOn.promise;
      for await (const bytes of input) received += bytes.length;
      return received;
    });
    await using scene = await openControlScene({ commands: [take] });
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; sent < 200; sent++) yield new Uint8Array(64 * 1024);
    }
    const call = scene.call("take", { input: endless() });
    let before = -1;
    while (before !== sent) {
      before = sent;
      for (let turns = 0; turns < 100; turns++) await settled();
    }
    assert.ok(sent < 100, `${sent} pieces of 64 KiB`);
    goOn.resolve();
    assert.equal(await call, 200 * 64 * 1024);
  });

  test("send items, bytes and the result in order", async () => {
    const mixed = command("mixed", async (context) => {
      await context.print(1);
      await context.print({ two: 2 });
      await context.send(Buffer.from("three"));
      await context.print(4);
      return 5;
    });
    await using scene = await openControlScene({ commands: [mixed] });
    const seen: unknown[] = [];
    const result = await scene.call("mixed", {
      onItems: async (items) => void seen.push(...items),
      onBytes: (bytes) => void seen.push(Buffer.from(bytes).toString()),
    });
    assert.deepEqual([...seen, result], [1, { two: 2 }, "three", 4, 5]);
  });

  test("that have a bug are told as such; the log has the stack, and the node serves on", async () => {
    const bug = command("bug", () => {
      throw new TypeError("undefined is no function");
    });
    await using scene = await openControlScene({ commands: [bug, hello] });
    await assert.rejects(scene.call("bug"), /Cannot run "bug": it has a bug: undefined is no/u);
    const crash = scene.events.find(({ type }) => type === "command-crashed");
    assert.ok(crash !== undefined && "failure" in crash && crash.failure instanceof TypeError);
    assert.equal(await scene.call("hello"), "hello, operator");
  });

  test("are logged by their name, at their level, and without what stands behind it", async () => {
    const put = command("put", () => undefined, {
      level: "info",
      arguments: [{ name: "value", description: "" }],
    });
    await using scene = await openControlScene({ commands: [put] });
    await scene.call("put", { words: ["my secret value"] });
    const ran = scene.events.find(({ type }) => type === "command-ran");
    assert.equal(ran?.level, "info");
    assert.match(ran.message, /^Ran "put" in \d+ ms$/u);
    assert.ok(!JSON.stringify(scene.events).includes("my secret value"));
  });

  test("that the node does not have are told with those it has", async () => {
    await using scene = await openControlScene({ commands: [hello] });
    await assert.rejects(scene.call("helo"), /the node has no such command; it has .*hello/u);
  });

  test("are judged by the node too", async () => {
    await using scene = await openControlScene({ commands: [hello] });
    await assert.rejects(scene.call("hello", { words: ["a"] }), /it takes no arguments, not 1/u);
  });

  test("are given up when the node stops, which says so", async () => {
    const begun = Promise.withResolvers<void>();
    const wait = command("wait", async ({ signal }) => {
      begun.resolve();
      await once(signal, "abort");
      signal.throwIfAborted();
    });
    const scene = await openControlScene({ commands: [wait] });
    const call = assert.rejects(
      scene.call("wait"),
      /Cannot finish "wait": node "toy" is stopping/u,
    );
    await begun.promise;
    await scene[Symbol.asyncDispose]();
    await call;
    assert.deepEqual(await scene.system.finished, { type: "stopped" });
  });
});

suite("the socket", () => {
  test("is its owner's alone, and gone when the node is", async () => {
    const scene = await openControlScene();
    assert.equal(statSync(scene.target.path).mode & 0o777, 0o600);
    assert.equal(statSync(scene.directory).mode & 0o777, 0o700);
    await scene[Symbol.asyncDispose]();
    assert.ok(!existsSync(scene.target.path));
  });

  test("of a dead node is replaced", async () => {
    const before = await openControlScene();
    const { directory, target } = before;
    await before.system[Symbol.asyncDispose]();
    writeFileSync(target.path, "");
    await using scene = await openControlScene({ commands: [hello], directory });
    assert.equal(await scene.call("hello"), "hello, operator");
    await before[Symbol.asyncDispose]();
  });

  test("of a live node is left to it", async () => {
    await using scene = await openControlScene({ commands: [hello] });
    const { directory } = scene;
    await assert.rejects(openControlScene({ directory }), ({ cause }: Error) =>
      isApplicationError(cause, "CONTROL_IN_USE"),
    );
    assert.equal(await scene.call("hello"), "hello, operator");
  });

  test("is not there on Windows: the node says so and goes on without", async () => {
    await using scene = await openControlScene({ platform: "win32" });
    assert.ok(types(scene).includes("control-unavailable"));
    assert.ok(!existsSync(scene.target.path));
  });
});

suite("an operator", () => {
  test("is told that there is no node", async () => {
    const scene = await openControlScene();
    await scene.system[Symbol.asyncDispose]();
    await assert.rejects(scene.call("status"), { code: "CONTROL_NO_NODE" });
    await scene[Symbol.asyncDispose]();
  });

  test("is told that his cookie is wrong, or missing", async () => {
    await using scene = await openControlScene();
    for (const cookie of ["another", undefined]) {
      const target = { ...scene.target, cookie: async () => cookie };
      await assert.rejects(callNode(target, plainCall("status")), {
        code: "CONTROL_WRONG_COOKIE",
      });
    }
  });

  test("does not trust a node that cannot prove itself, nor one of another name", async () => {
    await using scene = await openControlScene();
    const path = `${scene.directory}/impostor.sock`;
    let node = "impostor";
    const server = createServer((socket) => void impersonate(new FrameLink(socket, 4096), node));
    server.listen(path);
    await once(server, "listening");
    const target = { ...scene.target, node: "impostor", path };
    await assert.rejects(callNode(target, plainCall("status")), { code: "CONTROL_WRONG_COOKIE" });
    node = "another";
    await assert.rejects(callNode(target, plainCall("status")), /"another" answers in its place/u);
    server.close();
  });

  test("is told when the node is gone in the middle of a command", async () => {
    const cut = command("cut", async (context) => {
      await context.print("on the way");
      await once(context.signal, "abort");
    });
    await using scene = await openControlScene({ commands: [cut] });
    const proxyPath = `${scene.directory}/proxy.sock`;
    const proxy = createServer((socket) => {
      const upstream = createConnection(scene.target.path);
      socket.pipe(upstream);
      upstream.on("data", (bytes: Buffer) => {
        socket.write(bytes);
        if (bytes.includes("on the way")) {
          socket.end();
          upstream.destroy();
        }
      });
    });
    proxy.listen(proxyPath);
    await once(proxy, "listening");
    await assert.rejects(callNode({ ...scene.target, path: proxyPath }, plainCall("cut")), {
      code: "CONTROL_LOST",
    });
    proxy.close();
  });
});

/** Welcomes everybody without knowing the cookie. */
async function impersonate(link: FrameLink, node: string): Promise<void> {
  const digits = "0".repeat(64);
  await link.send({ type: "hello", protocol: protocolVersion, node, nonce: digits });
  if ((await link.receive()) !== undefined) await link.send({ type: "welcome", proof: digits });
}

function frameHead(length: number): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 0);
  return head;
}
