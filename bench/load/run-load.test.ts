import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { suite, test } from "node:test";
import type { Traffic } from "../data/traffic.ts";
import { runSweep } from "./run-load.ts";

const traffic: Traffic = {
  operation: "get",
  access: { type: "uniform" },
  keys: 12,
  connections: 3,
  pipeline: 2,
  durationMs: 1,
  seed: 1,
};
const REQUEST_BYTES = "*3\r\n$4\r\nHGET\r\n$7\r\nbench-0\r\n$12\r\nkey:00000000\r\n".length;
const VALUE = `$16\r\n${"v".repeat(16)}\r\n`;
const LOGIN = "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$6\r\nsecret\r\n";

interface Answers {
  readonly toLogin: readonly string[];
  readonly toGet: string;
}

/** A server of RESP that knows one request to log in, and answers everything behind it alike. */
async function serve({ toLogin, toGet }: Answers): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((socket) => {
    let received = "";
    let isIn = false;
    socket.on("error", () => socket.destroy());
    socket.setEncoding("latin1").on("data", (text: string) => {
      received += text;
      if (!isIn && received.startsWith(LOGIN)) {
        isIn = true;
        received = received.slice(LOGIN.length);
        for (const part of toLogin) socket.write(part);
      }
      if (!isIn) return;
      const requests = Math.floor(received.length / REQUEST_BYTES);
      received = received.slice(requests * REQUEST_BYTES);
      socket.write(toGet.repeat(requests));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on TCP has such an address
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await Promise.resolve();
    },
  };
}

async function sweep(answers: Answers): Promise<void> {
  await using server = await serve(answers);
  const login = { name: "ann", password: "secret" };
  await runSweep({ port: server.port, pid: process.pid, protocol: "resp", login }, traffic);
}

suite("runSweep()", () => {
  test("logs in on each connection, and gets each key", async () => {
    await sweep({ toLogin: ["+O", "K\r\n"], toGet: VALUE });
  });

  test("rejects when a log-in fails", async () => {
    const toLogin = ["-WRONGPASS no\r\n"];
    await assert.rejects(sweep({ toLogin, toGet: VALUE }), /let nobody in: "-WRONGPASS no"/u);
  });

  test("rejects when a key is missing", async () => {
    await assert.rejects(sweep({ toLogin: ["+OK\r\n"], toGet: "$-1\r\n" }), /found nothing/u);
  });

  test("rejects when a reply is an error", async () => {
    const toGet = "-ERR out of order\r\n";
    await assert.rejects(sweep({ toLogin: ["+OK\r\n"], toGet }), /answered "-ERR out of order"/u);
  });
});
