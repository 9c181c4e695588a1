import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { suite, test } from "node:test";
import { parseLog } from "../harness/log-lines.ts";
import { type HomeNodeOptions, type NodeHome, openNodeHome } from "../harness/node-home.ts";

/** sysexits.h's EX_CONFIG. */
const MISCONFIGURED = 78;

/** Starts a node that must refuse: what it says on stderr, each line by itself. */
async function refusal(
  home: NodeHome,
  code: number,
  options: HomeNodeOptions,
): Promise<readonly string[]> {
  const node = await home.spawn(options);
  assert.deepEqual(await node.exit(), { code, signal: null }, node.stdout + node.stderr);
  assert.doesNotMatch(node.stderr, /^\s+at |node:internal/mu, "no stack is shown");
  assert.doesNotMatch(node.stdout, /Accepting connections/u);
  assert.match(node.stderr, /\n$/u);
  return node.stderr.trimEnd().split("\n");
}

/** A directory in which this user can make nothing. Root can almost everywhere, but not among the kernel's own files. */
async function readOnlyDirectory(home: NodeHome): Promise<string> {
  if (process.getuid?.() === 0) return "/sys/kv-test";
  await mkdir(home.dataDirectory, { mode: 0o555 });
  return home.dataDirectory;
}

const misconfigured: readonly [
  what: string,
  env: Readonly<Record<string, string>>,
  line: RegExp,
][] = [
  [
    "a port that is no number",
    { PORT: "abc" },
    /^Cannot start: PORT="abc": expected a whole number from 0 to 65535/u,
  ],
  [
    "a port that is too large",
    { PORT: "70000" },
    /^Cannot start: PORT="70000": expected a whole number from 0 to 65535/u,
  ],
  [
    "a port of RESP that is none",
    { RESP_PORT: "6379x" },
    /^Cannot start: kv-server\.respPort="6379x": expected a port .*"next".*"off" \(RESP_PORT in config\/runtime\.ts\)$/u,
  ],
  [
    "one port for two protocols",
    { PORT: "4040", RESP_PORT: "4040" },
    /^Cannot start: kv-server\.respPort: port 4040 is that of the line protocol; .*RESP_PORT/u,
  ],
  ["a port below zero", { PORT: "-1" }, /^Cannot start: PORT="-1": expected/u],
  [
    "a wide bind without users",
    { KV_HOST: "0.0.0.0" },
    /^Cannot start: kv-server\.host.*"0\.0\.0\.0".*configure users.*allowUnauthenticated: true.*KV_HOST/u,
  ],
  ["the same by IPv6", { KV_HOST: "::" }, /^Cannot start: kv-server\.host.*"::".*configure users/u],
  [
    "a malformed routing table",
    { KV_ROUTING_TABLE: "a-m" },
    /^Cannot start: kv\.routingTable="a-m": .*such as a-m=foo,n-z=bar.*KV_ROUTING_TABLE/u,
  ],
  [
    "a node of that table with no name",
    { KV_ROUTING_TABLE: "a-m=f o" },
    /^Cannot start: kv\.routingTable.*a-m=f o.*KV_ROUTING_TABLE/u,
  ],
  [
    "a node name that is none",
    { KV_NODE: "../foo" },
    /^Cannot start: kv\.node="\.\.\/foo": expected a node name.*KV_NODE/u,
  ],
];

suite("a node that cannot start says so in one line", () => {
  for (const [what, env, line] of misconfigured) {
    test(`for ${what}`, async () => {
      await using home = await openNodeHome();
      const lines = await refusal(home, MISCONFIGURED, { env });
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0] ?? "", line);
    });
  }

  test("for a port in use, after it has tried again", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    const port = typeof address === "object" ? address?.port : undefined;
    try {
      await using home = await openNodeHome();
      const node = await home.spawn({ env: { PORT: String(port) } });
      assert.deepEqual(await node.exit(), { code: 1, signal: null });
      assert.match(
        node.stderr,
        /^Cannot listen on 127\.0\.0\.1:\d+: the port is in use; .*PORT.*\n$/u,
      );
      const restarts = parseLog(node.stdout).filter(({ type }) => type === "child-restarting");
      assert.equal(restarts.length, 3);
    } finally {
      holder.close();
    }
  });

  test("for a data directory that another node holds", async () => {
    await using home = await openNodeHome();
    const holder = await home.start();
    const lines = await refusal(home, 1, {});
    assert.equal(lines.length, 1, lines.join("\n"));
    const line = lines[0] ?? "";
    assert.match(
      line,
      /^Cannot open the store at ".*": .* holds it; stop that one or choose another/u,
    );
    assert.match(line, new RegExp(`\\b${holder.pid}\\b`, "u"), "it names the process");
    assert.ok(holder.running, "the holder did not notice");
  });

  test("for a data directory that lies below a file", async () => {
    await using home = await openNodeHome();
    const file = join(home.path, "file");
    await writeFile(file, "");
    const lines = await refusal(home, 1, { env: { KV_DATA_DIR: join(file, "data") } });
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(
      lines[0] ?? "",
      /^Cannot open the store at ".*": something that is no directory .*; choose another directory$/u,
    );
  });

  test("for a data directory where the system lets nobody make one", {
    skip: process.platform === "linux" ? false : "only Linux has /proc",
  }, async () => {
    await using home = await openNodeHome();
    const lines = await refusal(home, 1, { env: { KV_DATA_DIR: "/proc/kv-test" } });
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] ?? "", /^Cannot open the store at "\/proc\/kv-test/u);
  });

  test("for a data directory that cannot be written", async () => {
    await using home = await openNodeHome();
    const lines = await refusal(home, 1, { env: { KV_DATA_DIR: await readOnlyDirectory(home) } });
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(
      lines[0] ?? "",
      /^Cannot open the store at ".*": .*; make the directory writable or/u,
    );
  });
});

suite("a node with several mistakes in its configuration", () => {
  test("reports all of them at once, and opens nothing", async () => {
    await using home = await openNodeHome();
    const env = { PORT: "abc", KV_NODE: "a@b@c", KV_ROUTING_TABLE: "a-m", KV_HOST: "0.0.0.0" };
    const lines = await refusal(home, MISCONFIGURED, { env });
    assert.match(lines[0] ?? "", /^Cannot start: the configuration has \d problems:$/u);
    for (const name of ["PORT", "KV_NODE", "KV_ROUTING_TABLE"]) {
      assert.equal(lines.filter((line) => line.includes(name)).length, 1, `${name} is named once`);
    }
  });

  test("never prints a secret", async () => {
    await using home = await openNodeHome();
    const settings = [
      { application: "kv-server", path: ["users"], value: { alice: "open-sesame" } },
      { application: "kv-server", path: ["lineLimitBytes"], value: "many" },
    ];
    const text = (await refusal(home, MISCONFIGURED, { settings })).join("\n");
    assert.match(text, /kv-server\.users/u);
    assert.match(text, /kv-server\.lineLimitBytes.*many/u);
    assert.doesNotMatch(text, /open-sesame/u);
  });

  test("names a key that nobody knows", async () => {
    await using home = await openNodeHome();
    const settings = [{ application: "kv-server", path: ["prot"], value: 4040 }];
    const text = (await refusal(home, MISCONFIGURED, { settings })).join("\n");
    assert.match(text, /kv-server\.prot\b/u);
  });
});
