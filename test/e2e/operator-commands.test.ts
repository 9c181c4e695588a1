import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, stat, watch, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { within } from "../harness/deadline.ts";
import { LineClient } from "../harness/line-client.ts";
import { parseLog } from "../harness/log-lines.ts";
import { type HomeNodeOptions, type NodeHome, openNodeHome } from "../harness/node-home.ts";
import { type NodeProcess, runtimeDirectoryOf } from "../harness/node-process.ts";
import {
  type Operated,
  operate,
  type OperatorOptions,
  startOperator,
} from "../harness/operator.ts";
import type { Setting } from "../harness/write-config.ts";

/** A command, what it prints for people, and what it answers as JSON; one line each where it prints items. */
interface Row {
  readonly words: readonly string[];
  readonly stdout?: RegExp | string;
  readonly json?: unknown;
  readonly code?: number;
  readonly stderr?: RegExp;
}

/** Lines in an order of their own: a listing has none. */
function sorted(text: string): string {
  return text.split("\n").toSorted().join("\n");
}

/** Starts a node, and waits for its control socket: that comes last. */
async function startOperable(
  home: NodeHome,
  options?: HomeNodeOptions,
): Promise<NodeProcess & { readonly port: number }> {
  const node = await home.start(options);
  await node.logged(/"type":"system-started"/u);
  return node;
}

/** A node that links with nobody has no other socket that could be refused before that of its operator. */
const alone: Setting = { application: "kv", path: ["distribution"], value: "off" };

/** In this order, since one changes what the next one sees; each is run for people, then for programs. */
const rows: readonly Row[] = [
  {
    words: ["status"],
    stdout:
      /^node: kv\nversion: \d.*\npid: \d+\nuptime: .*\n[^]*\nkv:\n {2}node: kv@[^]*connections: 0\n/u,
    json: {
      node: "kv",
      applications: { kv: { engine: "log", keys: 0 }, "kv-server": { connections: 0 } },
    },
  },
  {
    words: ["config"],
    stdout:
      /^kv\.dataDir +"\/.*" +KV_DATA_DIR in config\/runtime\.ts$[^]*^control\.cookie +\*{8} +RELEASE_COOKIE in config\/runtime\.ts$/mu,
  },
  { words: ["buckets"], stdout: "", json: [] },
  {
    words: ["put", "shopping", "milk", "1"],
    code: 1,
    stderr: /^Cannot put "milk": there is no bucket "shopping"\n$/u,
  },
  {
    words: ["put", "--create", "shopping", "milk", "1"],
    stdout: /^OK, revision \d+\n$/u,
    json: { bucket: "shopping", key: "milk", added: false },
  },
  {
    words: ["put", "--base64", "c2hvcHBpbmc=", "/wA=", "gA=="],
    stdout: /^OK/u,
    json: { bucketBase64: "c2hvcHBpbmc=", keyBase64: "/wA=" },
  },
  { words: ["get", "shopping", "milk"], stdout: "1\n", json: { key: "milk", value: "1" } },
  {
    words: ["get", "--base64", "c2hvcHBpbmc=", "/wA="],
    stdout: "gA==\n",
    json: { valueBase64: "gA==" },
  },
  {
    words: ["get", "shopping", "eggs"],
    code: 1,
    stderr: /^Cannot get "eggs": there is no such key in bucket "shopping"\n$/u,
  },
  {
    words: ["keys", "shopping"],
    stdout: "milk\n\\xff\\x00\n",
    json: [{ key: "milk" }, { keyBase64: "/wA=" }],
  },
  {
    words: ["buckets"],
    stdout: "shopping  2 keys\n",
    json: [{ bucket: "shopping", keys: 2 }],
  },
  {
    words: ["reload"],
    stdout: "OK\n",
    json: { reloaded: true },
  },
  {
    words: ["compact"],
    stdout: /^Compacted \d.* to \d.*\n$/u,
    json: {},
  },
  {
    words: ["keys", "garden"],
    code: 1,
    stderr: /^Cannot list the keys of "garden": there is no bucket/u,
  },
  {
    words: ["env", "get", "kv-server", "connectionLimit"],
    stdout: "10000\n",
    json: { value: 10_000 },
  },
  {
    words: ["env", "put", "kv", "routingTable", "a-m=self,n-z=bar"],
    stdout: /^kv\.routingTable is "a-m=self,n-z=bar" until the node stops; it was \[/u,
    json: { before: "a-m=self,n-z=bar", value: "a-m=self,n-z=bar" },
  },
  {
    words: ["put", "--create", "zoo", "k", "v"],
    code: 1,
    stderr: /^Cannot put "k": no connection to bar@/u,
  },
  {
    words: ["env", "put", "kv", "routingTable", "z-a=self"],
    code: 1,
    stderr: /^Cannot put kv\.routingTable: expected a routing table/u,
  },
  { words: ["env", "put", "kv", "routingTable", '[{"from":0,"to":255,"node":"self"}]'] },
  { words: ["compact", "now"], code: 64, stderr: /^Cannot run "compact": too many arguments/u },
  {
    words: ["get", "n".repeat(256), "k"],
    code: 64,
    stderr: /^Cannot run "get": a bucket's name has 1 to 255/u,
  },
  {
    words: ["stats"],
    code: 64,
    stderr: /did you mean status\? there are status, config, .*import/u,
  },
  {
    words: ["status", "--node", "nobody"],
    code: 1,
    stderr: /^Cannot reach node "nobody": it does not run here/u,
  },
  { words: ["status", "--node", "a@b@c"], code: 64, stderr: /--node takes the name of a node/u },
];

suite("commands on a live node", () => {
  let home: NodeHome;
  let node: NodeProcess & { readonly port: number };
  let options: OperatorOptions;
  let run: (...words: readonly string[]) => Promise<Operated>;

  before(async () => {
    home = await openNodeHome();
    node = await startOperable(home);
    options = { dataDirectory: home.dataDirectory };
    run = (...words) => operate(words, options);
  });
  after(() => home[Symbol.asyncDispose]());

  for (const { words, stdout, json, code = 0, stderr = /^$/u } of rows) {
    test(words.join(" "), async () => {
      const plain = await run(...words);
      assert.match(plain.stderr, stderr);
      if (stdout instanceof RegExp) assert.match(plain.stdout, stdout);
      else if (stdout !== undefined) assert.equal(sorted(plain.stdout), sorted(stdout));
      assert.equal(plain.code, code);
      assert.ok(!plain.stdout.includes("\u001b"), "no colours where nobody looks");
      if (json === undefined) return;
      const forPrograms = await run(...words, "--json");
      assert.equal(forPrograms.code, 0);
      const lines = sorted(forPrograms.stdout).trim().split("\n").filter(Boolean);
      const answered: unknown[] = lines.map((line) => JSON.parse(line));
      if (Array.isArray(json)) assert.partialDeepStrictEqual(answered, json);
      else assert.partialDeepStrictEqual(answered[0], json);
    });
  }

  test("--help needs no node, and ends with 0", async () => {
    const { code, stdout } = await operate(["--help"], { dataDirectory: "/nowhere" });
    assert.equal(code, 0);
    for (const name of ["status", "config", "env", "export [options] [file]", "import"]) {
      assert.ok(stdout.includes(`  ${name}`), name);
    }
  });

  test("status counts connections, and shows the last warnings", async () => {
    await using client = await LineClient.connect(node.port);
    await client.ask("NOPE");
    await operate(["status"], { ...options, env: { RELEASE_COOKIE: "wrong" } });
    const { stdout } = await run("status");
    assert.match(stdout, /^ {2}connections: 1$/mu);
    assert.match(
      stdout,
      /last problems:\n(?: {4}.*\n)* {4}\d{4}-.*Z {2}warn {2}An operator was refused/u,
    );
  });

  test("a wrong cookie, and none, are told in a line", async () => {
    const wrong = {
      code: 1,
      stderr: /^Cannot talk to node "kv": its cookie is another one; .*\n$/u,
    };
    const nowhere = join(home.path, "no-home");
    for (const env of [{ RELEASE_COOKIE: "wrong" }, { RELEASE_COOKIE: undefined, HOME: nowhere }]) {
      const { code, stderr } = await operate(["status"], { ...options, env });
      assert.equal(code, wrong.code);
      assert.match(stderr, wrong.stderr);
    }
    assert.ok(!existsSync(nowhere));
  });

  test("the configuration is judged as at a start: 78", async () => {
    const { code, stderr } = await operate(["status"], { ...options, env: { PORT: "abc" } });
    assert.equal(code, 78);
    assert.match(stderr, /^Cannot run "status": PORT="abc"/u);
  });

  test("the log names what was run, and nothing of what was put", async () => {
    await run("put", "--create", "shopping", "pin", "1234-secret");
    const ran = parseLog(node.stdout).filter(({ type }) => type === "command-ran");
    assert.ok(ran.some(({ command }) => command === "put"));
    assert.ok(!ran.some(({ command }) => command === "get"), "what only reads is for debug");
    assert.ok(!node.stdout.includes("1234-secret") && !node.stdout.includes("cookie of the tests"));
  });

  test("backup copies the store into a folder that is not there yet", async () => {
    const copy = join(home.path, "copy");
    const { code, stdout } = await run("backup", copy);
    assert.equal(code, 0);
    assert.match(stdout, /^Copied \d+ keys \(.*\) to .*copy\n$/u);
    assert.ok((await readdir(copy)).length > 0);
    assert.equal((await run("backup", copy)).code, 1);
  });

  test("drop removes a bucket at once", async () => {
    // Of the letters that no table above has given to another node: that one would be asked first.
    await run("put", "--create", "aged", "k", "v");
    assert.match((await run("drop", "aged")).stdout, /^OK/u);
    await using client = await LineClient.connect(node.port);
    assert.deepEqual(await client.ask("GET aged k"), ["NOT FOUND"]);
    assert.equal((await run("drop", "aged")).code, 1);
  });

  test("what is put by a client is what an operator gets, also through a pipe", async () => {
    await using client = await LineClient.connect(node.port);
    await client.ask("CREATE line");
    await client.ask("PUT line k value");
    assert.equal((await run("get", "line", "k")).stdout, "value\n");
    const { stdout } = await run("export");
    const { code } = await operate(["import", "-"], { ...options, input: stdout });
    assert.equal(code, 0);
  });
});

suite("the control socket of a node", () => {
  test("and the cookie are its user's alone; both are refused when they are not", async () => {
    await using home = await openNodeHome();
    const env = { RELEASE_COOKIE: undefined, HOME: home.path };
    const node = await startOperable(home, { env });
    const cookie = join(home.path, ".kv.cookie");
    assert.equal((await stat(cookie)).mode & 0o777, 0o600);
    const options = { dataDirectory: home.dataDirectory, env };
    assert.equal((await operate(["status"], options)).code, 0);
    await chmod(cookie, 0o644);
    const refused = await operate(["status"], options);
    assert.match(
      refused.stderr,
      /^Cannot use the cookie in ".*": others can read it \(mode 0644\)/u,
    );
    assert.equal(refused.code, 1);
    await node.stop();
    const folder = join(runtimeDirectoryOf(home.dataDirectory), "kv");
    assert.deepEqual(await readdir(folder), []);
    await chmod(cookie, 0o600);
    await chmod(folder, 0o755);
    const late = await home.spawn({ env, settings: [alone] });
    assert.equal((await late.exit()).code, 1);
    assert.match(late.stderr, /^Cannot use ".*" for control sockets: others may get into it/u);
  });

  test("of a node that was killed is replaced by the next one", async () => {
    await using home = await openNodeHome();
    const node = await startOperable(home);
    await node.kill();
    const options = { dataDirectory: home.dataDirectory };
    const dead = await operate(["status"], options);
    assert.equal(dead.code, 1);
    assert.match(dead.stderr, /^Cannot reach node "kv": it does not run here/u);
    await startOperable(home);
    assert.equal((await operate(["status"], options)).code, 0);
  });

  test("of a live node is not taken by another of its name", async () => {
    await using home = await openNodeHome();
    await startOperable(home);
    const env = { KV_DATA_DIR: join(home.path, "other") };
    const other = await home.spawn({ env, settings: [alone] });
    assert.equal((await other.exit()).code, 1);
    assert.match(
      other.stderr,
      /^Cannot open the control socket of node "kv": a node of that name/u,
    );
    assert.equal((await operate(["status"], { dataDirectory: home.dataDirectory })).code, 0);
  });
});

/** So much that exporting and importing it take a while: some five checkpoints, and twenty batches. */
const keys = 20_000;

async function fill(port: number): Promise<void> {
  await using client = await LineClient.connect(port);
  await client.ask("CREATE b");
  const padding = "x".repeat(200);
  for (let from = 0; from < keys; from += 1000) {
    const lines = Array.from(
      { length: 1000 },
      (_, at) => `PUT b k${from + at} ${from + at}-${padding}`,
    );
    client.sendLines(...lines);
    await client.readMany(lines.length);
  }
}

/** Resolves when `file` is at least so long. */
async function untilLonger(file: string, bytes: number): Promise<void> {
  const enough = new AbortController();
  const size = async (): Promise<number> => (existsSync(file) ? (await stat(file)).size : 0);
  const folder = watch(join(file, ".."), { signal: enough.signal });
  try {
    if ((await size()) >= bytes) return;
    for await (const { eventType } of folder) if (eventType && (await size()) >= bytes) return;
  } finally {
    enough.abort();
  }
}

suite("an export and an import that are killed", () => {
  test("go on where they stopped, whichever end was killed, and keep everything", async () => {
    await using home = await openNodeHome();
    const foo = await startOperable(home, { env: { KV_NODE: "foo" } });
    const options = { dataDirectory: home.dataDirectory, env: { KV_NODE: "foo" } };
    await fill(foo.port);
    await operate(["put", "--base64", "Yg==", "/w==", "gACA"], options);
    const folder = join(home.path, "exports");
    await mkdir(folder);
    const file = join(folder, "all.ndjson");

    const first = startOperator(["export", file], options);
    await within(untilLonger(file, 1_500_000), "the export to grow");
    first.child.kill("SIGKILL");
    await first.done;
    const cut = (await stat(file)).size;
    assert.notEqual((await operate(["import", file], options)).code, 0, "a cut export is noticed");
    const second = startOperator(["export", file, "--resume"], options);
    await within(untilLonger(file, cut + 1_000_000), "the export to go on");
    await foo.kill();
    const lost = await second.done;
    if (lost.code !== 0) assert.match(lost.stderr, /--resume goes on where it stopped\n$/u);

    await startOperable(home, { env: { KV_NODE: "foo" } });
    const resumed = await operate(["export", file, "--resume", "--json"], options);
    assert.partialDeepStrictEqual(JSON.parse(resumed.stdout), { buckets: 1, keys: keys + 1 });

    const bar = await startOperable(home, { env: { KV_NODE: "bar" } });
    const target = { dataDirectory: home.dataDirectory, env: { KV_NODE: "bar" } };
    const third = startOperator(["import", file], target);
    await within(untilLonger(`${file}.progress`, 1), "the import to begin");
    third.child.kill("SIGKILL");
    await third.done;
    const fourth = startOperator(["import", file, "--resume"], target);
    await bar.kill();
    await fourth.done;
    await startOperable(home, { env: { KV_NODE: "bar" } });
    const imported = await operate(["import", file, "--resume", "--json"], target);
    assert.equal(imported.code, 0, imported.stderr);
    const again = join(folder, "again.ndjson");
    assert.equal((await operate(["export", again], target)).code, 0);
    assert.deepEqual(await keyLines(again), await keyLines(file));
  });
});

/** The keys of an export with their values, without what is a store's own. */
async function keyLines(file: string): Promise<readonly string[]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  return lines
    .filter((line) => line.startsWith('{"type":"key"'))
    .map((line) => line.replace(/"revision":\d+/u, ""))
    .toSorted();
}

test("a folder that is no private one is made private by nobody", async () => {
  await using home = await openNodeHome();
  const runtime = runtimeDirectoryOf(home.dataDirectory);
  await mkdir(runtime, { recursive: true });
  await writeFile(join(runtime, "kv"), "");
  const node = await home.spawn({ settings: [alone] });
  assert.equal((await node.exit()).code, 1);
  assert.match(node.stderr, /^Cannot use ".*" for control sockets: it is no folder/u);
});
