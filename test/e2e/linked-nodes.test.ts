import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";
import { LineClient } from "../harness/line-client.ts";
import { parseLog } from "../harness/log-lines.ts";
import { openNodeHome } from "../harness/node-home.ts";
import type { NodeProcess } from "../harness/node-process.ts";
import { longCalls, NodePair } from "../harness/node-pair.ts";
import { operate } from "../harness/operator.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";

const tags = ["distributed"];
const NO_CONNECTION = /^ERROR no connection to bar@[^ ]+$/u;

/** What the node says it stores itself. */
async function bucketsOf(name: string, pair: NodePair): Promise<readonly string[]> {
  const { dataDirectory } = pair.home;
  const { code, stdout, stderr } = await operate(["buckets", "--node", name, "--json"], {
    dataDirectory,
  });
  assert.equal(code, 0, stderr);
  return parseLog(stdout).map(({ bucket }) => String(bucket));
}

function typesIn({ stdout }: NodeProcess): readonly unknown[] {
  return parseLog(stdout).map(({ type }) => type);
}

suite("foo and bar", { tags }, () => {
  test("are what `npm run foo` and `npm run bar` start", async () => {
    const manifest = await readFile(join(checkout, "package.json"), "utf8");
    assert.match(manifest, /"foo": ".* exec node tools\/start\.ts --name foo"/u);
    assert.match(manifest, /"bar": ".* exec node tools\/start\.ts --name bar --store-only"/u);
  });

  test("share the buckets: what foo is asked for lies where the table says", async () => {
    await using pair = await NodePair.start();
    const { client } = pair;
    assert.deepEqual(await client.ask("GET shopping milk"), ["NOT FOUND"]);
    assert.deepEqual(await client.ask("CREATE shopping"), ["OK"]);
    assert.deepEqual(await client.ask("PUT shopping milk 1"), ["OK"]);
    assert.deepEqual(await client.ask("GET shopping milk", 2), ["1", "OK"]);
    assert.deepEqual(await client.ask("CREATE apples"), ["OK"]);
    assert.deepEqual(await bucketsOf("bar", pair), ["shopping"]);
    assert.deepEqual(await bucketsOf("foo", pair), ["apples"]);
    assert.deepEqual(await client.ask("DELETE shopping milk"), ["OK"]);
    assert.deepEqual(await client.ask("GET shopping milk", 2), ["", "OK"]);
    assert.doesNotMatch(pair.bar.stdout, /Accepting/u);
  });

  test("link by the cookie that the first of them makes, which their operators use too", async () => {
    await using cookies = await makeTemporaryDirectory();
    const env = { RELEASE_COOKIE: undefined, HOME: cookies.path };
    await using pair = await NodePair.start({ foo: { env }, bar: { env } });
    assert.deepEqual(await pair.client.ask("CREATE shopping"), ["OK"]);
    assert.deepEqual(await readdir(cookies.path), [".kv.cookie"]);
    const { dataDirectory } = pair.home;
    const { stdout } = await operate(["buckets", "--node", "bar"], { dataDirectory, env });
    assert.match(stdout, /^shopping /u);
  });

  test("answer a pipeline over both in order, and later requests see earlier ones", async () => {
    await using pair = await NodePair.start();
    const { client } = pair;
    await client.ask("CREATE apples");
    await client.ask("CREATE shopping");
    const rounds = Array.from({ length: 200 }, (_, round) => String(round));
    client.sendLines(
      ...rounds.flatMap((round) => [
        `PUT shopping k ${round}`,
        `PUT apples k ${round}`,
        "GET apples k",
        "GET shopping k",
      ]),
    );
    for (const round of rounds) {
      const replies = await client.readMany(6);
      assert.deepEqual(replies, ["OK", "OK", round, "OK", round, "OK"]);
    }
  });

  test("are listed and counted together over RESP, and not without each other", async () => {
    await using pair = await NodePair.start();
    const { client } = pair;
    await client.ask("CREATE apples");
    await client.ask("CREATE shopping");
    await using resp = await LineClient.connect(await pair.foo.acceptingResp());
    assert.deepEqual(await resp.ask("DBSIZE"), [":2"]);
    const listed = await resp.ask("KEYS *", 5);
    assert.deepEqual(listed.toSorted(), ["$6", "$8", "*2", "apples", "shopping"]);
    assert.deepEqual(await resp.ask("HSET shopping milk 1"), [":1"]);
    await pair.bar.kill();
    for (const command of ["DBSIZE", "KEYS *", "EXISTS apples shopping", "DEL apples shopping"]) {
      const [reply] = await resp.ask(command);
      assert.match(reply ?? "", /^-ERR (?:no connection to|the connection to) bar@/u, command);
    }
    assert.deepEqual(await resp.ask("PING"), ["+PONG"]);
  });
});

suite("a node that has stopped", { tags }, () => {
  test("is told of at once, and all others serve; once it is back, so are its buckets", async () => {
    await using pair = await NodePair.start({ foo: { settings: [longCalls] } });
    const { client } = pair;
    for (const bucket of ["apples", "shopping"]) {
      await client.ask(`CREATE ${bucket}`);
      await client.ask(`PUT ${bucket} k v`);
    }
    await pair.bar.stop();
    client.sendLines(...Array.from({ length: 500 }, () => "GET shopping k"));
    for (const reply of await client.readMany(500)) assert.match(reply, NO_CONNECTION);
    assert.deepEqual(await client.ask("GET apples k", 2), ["v", "OK"]);
    await pair.startBar();
    assert.deepEqual(await client.ask("GET shopping k", 2), ["v", "OK"]);
    await pair.foo.stop();
    const failed = typesIn(pair.foo).filter((type) => type === "request-failed");
    assert.ok(failed.length >= 1 && failed.length <= 10, `${failed.length} lines`);
  });

  test("may be one that never ran", async () => {
    await using home = await openNodeHome();
    const foo = await home.start({ words: ["--name", "foo"], settings: [longCalls] });
    await using client = await LineClient.connect(foo.port);
    const [refused] = await client.ask("CREATE shopping");
    assert.match(refused ?? "", NO_CONNECTION);
    assert.deepEqual(await client.ask("CREATE apples"), ["OK"]);
  });
});

suite("a node that is frozen", { tags }, () => {
  test("is told of as what it is, by each request: at first, once it is given up, and when it goes on", async () => {
    // As it is shipped: five seconds for a request, three of silence for a node.
    await using pair = await NodePair.start();
    const { client } = pair;
    await using other = await LineClient.connect(pair.foo.port);
    for (const bucket of ["apples", "shopping"]) await client.ask(`CREATE ${bucket}`);
    pair.bar.signal("SIGSTOP");
    const [[written], [read]] = await Promise.all([
      client.ask("PUT shopping k 1"),
      other.ask("GET shopping k"),
    ]);
    const silence = String.raw`^ERROR bar@\S+ did not answer: nothing was heard of it for 3(\.\d)? s`;
    assert.match(written ?? "", new RegExp(`${silence}; the write may have been applied$`, "u"));
    assert.match(read ?? "", new RegExp(`${silence}$`, "u"));
    assert.match(pair.foo.stdout, /no more linked with bar@\S+: nothing was heard of it/u);
    for (const request of ["PUT shopping k 2", "GET shopping k"]) {
      const [failedFast] = await client.ask(request);
      assert.match(failedFast ?? "", NO_CONNECTION);
    }
    assert.deepEqual(await client.ask("PUT apples k v"), ["OK"]);
    pair.bar.signal("SIGCONT");
    await pair.foo.logged(/no more linked with bar@[^]*"linked with bar@/u);
    // What foo has given up is not carried out any more.
    assert.deepEqual(await client.ask("GET shopping k", 2), ["", "OK"]);
    assert.deepEqual(await client.ask("PUT shopping k 3"), ["OK"]);
  });

  test("costs a request its deadline, later ones nothing, and heals", async () => {
    const callTimeoutMs = { ...longCalls, value: 300 };
    await using pair = await NodePair.start({ foo: { settings: [callTimeoutMs] } });
    const { client } = pair;
    for (const bucket of ["apples", "shopping"]) await client.ask(`CREATE ${bucket}`);
    pair.bar.signal("SIGSTOP");
    const [unknown] = await client.ask("PUT shopping k 1");
    assert.match(
      unknown ?? "",
      /^ERROR bar@\S+ did not answer in 3\d\d ms; the write may have been applied$/u,
    );
    const [unread] = await client.ask("GET shopping k");
    assert.match(unread ?? "", /^ERROR bar@\S+ did not answer in 3\d\d ms$/u);
    await pair.foo.logged(/no more linked with bar@/u);
    const [failedFast] = await client.ask("GET shopping k");
    assert.match(failedFast ?? "", NO_CONNECTION);
    assert.deepEqual(await client.ask("PUT apples k v"), ["OK"]);
    pair.bar.signal("SIGCONT");
    await pair.foo.logged(/no more linked with bar@[^]*"linked with bar@/u);
    assert.deepEqual(await client.ask("PUT shopping k 2"), ["OK"]);
    assert.deepEqual(await client.ask("GET shopping k", 2), ["2", "OK"]);
  });
});

suite("nodes that do not link", { tags }, () => {
  test("since one has another cookie: both say so, and the client is told", async () => {
    const env = { RELEASE_COOKIE: "another" };
    await using pair = await NodePair.start({ bar: { env } });
    const { client, foo, bar } = pair;
    for (let asked = 0; asked < 50; asked++) {
      const [reply] = await client.ask("GET shopping milk");
      assert.match(reply ?? "", /^ERROR no connection to (bar@\S+): \1 has another cookie$/u);
    }
    await bar.logged(/not linked with .* another cookie/u);
    await foo.stop();
    await bar.stop();
    for (const node of [foo, bar]) {
      const refused = typesIn(node).filter((type) => type === "refused");
      assert.ok(refused.length >= 1 && refused.length <= 3, `${refused.length} lines`);
    }
  });

  test("since there are two of one name: the second one is refused, the first serves on", async () => {
    await using pair = await NodePair.start();
    const env = { KV_DATA_DIR: join(pair.home.path, "other") };
    const words = ["--name", "bar", "--store-only"];
    const second = await pair.home.spawn({ words, env });
    assert.equal((await second.exit()).code, 1);
    assert.match(
      second.stderr,
      /^cannot listen at .*bar@.*\.node\.sock: another node of this name, or another program, does\n$/iu,
    );
    assert.deepEqual(await pair.client.ask("CREATE shopping"), ["OK"]);
  });

  test("since one of them is asked to be alone", async () => {
    const off = { application: "kv", path: ["distribution"], value: "off" };
    await using pair = await NodePair.start({ foo: { settings: [off] } });
    const [reply] = await pair.client.ask("GET shopping milk");
    assert.match(reply ?? "", NO_CONNECTION);
    assert.doesNotMatch(pair.foo.stdout, /nodes can reach/u);
  });
});

suite("tables that differ", { tags }, () => {
  test("and lead in a circle are told of with the path", async () => {
    await using pair = await NodePair.start({
      foo: { env: { KV_ROUTING_TABLE: "a-z=bar" } },
      bar: { env: { KV_ROUTING_TABLE: "a-z=foo" } },
    });
    for (const command of ["CREATE shopping", "GET shopping milk"]) {
      const [reply] = await pair.client.ask(command);
      assert.match(reply ?? "", /^ERROR routing loop: (foo@(\S+)) -> bar@\2 -> \1$/u);
    }
  });

  test("are each node's own: a bucket goes on to where the asked node sends it", async () => {
    await using pair = await NodePair.start({
      foo: { env: { KV_ROUTING_TABLE: "a-z=bar" } },
      bar: { env: { KV_ROUTING_TABLE: "a-m=self,n-z=baz" } },
    });
    assert.deepEqual(await pair.client.ask("CREATE apples"), ["OK"]);
    const [reply] = await pair.client.ask("CREATE shopping");
    assert.match(reply ?? "", /^ERROR no connection to baz@/u);
  });
});

suite("nodes of different hosts", { tags }, () => {
  test("reach each other by TCP, where they say they are", async () => {
    await using home = await openNodeHome();
    const table = { KV_ROUTING_TABLE: "a-m=foo@here,n-z=bar@there" };
    const host = "127.0.0.1";
    const listen = { application: "kv", path: ["nodeListen"], value: { host, port: 0 } };
    const bar = await home.spawn({
      words: ["--store-only"],
      env: { ...table, KV_NODE: "bar@there" },
      settings: [listen],
    });
    const { groups } = await bar.logged(/nodes can reach bar@there at 127\.0\.0\.1:(?<port>\d+)/u);
    const nodes = { "bar@there": { host, port: Number(groups?.["port"]) } };
    const foo = await home.start({
      env: { ...table, KV_NODE: "foo@here" },
      settings: [{ application: "kv", path: ["nodes"], value: nodes }],
    });
    await using client = await LineClient.connect(foo.port);
    assert.deepEqual(await client.ask("CREATE shopping"), ["OK"]);
    assert.deepEqual(await client.ask("PUT shopping milk 1"), ["OK"]);
    assert.deepEqual(await client.ask("GET shopping milk", 2), ["1", "OK"]);
    await bar.stop();
    const [reply] = await client.ask("GET shopping milk");
    assert.equal(reply, "ERROR no connection to bar@there");
  });

  test("are not reached when nobody says where they are", async () => {
    await using home = await openNodeHome();
    const env = { KV_NODE: "foo@here", KV_ROUTING_TABLE: "a-z=bar@there" };
    const foo = await home.start({ env, settings: [longCalls] });
    await using client = await LineClient.connect(foo.port);
    const [reply] = await client.ask("GET shopping milk");
    assert.equal(reply, "ERROR no connection to bar@there");
  });
});

suite("a node that stores nothing", { tags }, () => {
  const none = { application: "kv", path: ["storage", "engine"], value: "none" };

  test("serves what the others store", async () => {
    const env = { KV_ROUTING_TABLE: "a-z=bar" };
    await using pair = await NodePair.start({
      foo: { settings: [none], env },
      bar: { env: { KV_ROUTING_TABLE: "a-z=self" } },
    });
    assert.deepEqual(await pair.client.ask("CREATE apples"), ["OK"]);
    assert.deepEqual(await bucketsOf("bar", pair), ["apples"]);
    await using resp = await LineClient.connect(await pair.foo.acceptingResp());
    assert.deepEqual(await resp.ask("DBSIZE"), [":1"]);
  });

  test("is refused when its own table names it", async () => {
    await using home = await openNodeHome();
    const node = await home.spawn({ words: ["--name", "foo"], settings: [none] });
    const { code } = await node.exit();
    assert.equal(code, 78, node.stderr);
    assert.match(
      node.stderr,
      /kv\.routingTable: expected other nodes only, since storage\.engine is "none"; it names foo@\S+, which is this node/u,
    );
  });
});
