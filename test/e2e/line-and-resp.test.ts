/** One store, two doors: what one protocol does, the other one shows as its own rules have it. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { within } from "../harness/deadline.ts";
import { LineClient } from "../harness/line-client.ts";
import { openNodeHome } from "../harness/node-home.ts";
import type { NodeProcess } from "../harness/node-process.ts";
import { RespClient } from "../redis/wire/resp-client.ts";
import { startOurServer } from "../redis/servers/our-server.ts";

/** Both doors of one node. */
interface Doors {
  readonly line: LineClient;
  readonly resp: RespClient;
}

async function atBothDoors(act: (doors: Doors) => Promise<void>): Promise<void> {
  await using ours = await startOurServer();
  await using line = await LineClient.connect(ours.linePort);
  await using resp = await RespClient.connect(ours.port);
  await act({ line, resp });
}

/** A request over RESP, its words one space apart, and the reply as text. */
function show(resp: RespClient, request: string): Promise<string> {
  return resp.show(...request.split(" "));
}

/** Asks until the bucket is not there any more: it lapses by the node's own clock. */
async function lapse(resp: RespClient, bucket: string): Promise<void> {
  const gone = async (): Promise<void> => {
    while ((await show(resp, `EXISTS ${bucket}`)) !== ":0");
  };
  await within(gone(), `${bucket} to lapse`);
}

suite("the line protocol and RESP on the same buckets", () => {
  test("what one puts, the other gets", async () => {
    await atBothDoors(async ({ line, resp }) => {
      assert.deepEqual(await line.ask("CREATE shopping"), ["OK"]);
      assert.deepEqual(await line.ask("PUT shopping milk 1"), ["OK"]);
      assert.equal(await show(resp, "HGET shopping milk"), '"1"');
      assert.equal(await show(resp, "HINCRBY shopping milk 41"), ":42");
      assert.deepEqual(await line.ask("GET shopping milk", 2), ["42", "OK"]);
      assert.equal(await show(resp, "HSET garden rose red"), ":1");
      assert.deepEqual(await line.ask("GET garden rose", 2), ["red", "OK"]);
      assert.deepEqual(await line.ask("PUT garden tulip yellow"), ["OK"]);
      assert.equal(await show(resp, "HLEN garden"), ":2");
      assert.deepEqual(await line.ask("DELETE garden tulip"), ["OK"]);
      assert.equal(await show(resp, "HGETALL garden"), '["rose", "red"]');
    });
  });

  for (const value of ["x\r\nOK", "\n", "a\nb", "OK\r\nOK\r\n"]) {
    test(`a value that a line cannot show is an error on one: ${JSON.stringify(value)}`, async () => {
      await atBothDoors(async ({ line, resp }) => {
        await resp.ask("HSET", "shopping", "milk", value);
        line.sendLines("GET shopping milk", "GET shopping eggs", "GET garden milk");
        assert.deepEqual(await line.readMany(4), [
          "ERROR the value cannot be shown on a line",
          "",
          "OK",
          "NOT FOUND",
        ]);
        assert.deepEqual(await line.ask("PUT shopping milk 1"), ["OK"]);
        assert.deepEqual(await line.ask("GET shopping milk", 2), ["1", "OK"]);
      });
    });
  }

  test("a carriage return alone is shown, and so is what is no text", async () => {
    await atBothDoors(async ({ line, resp }) => {
      await resp.ask("HSET", "shopping", "a", "x\ry", "b", Buffer.of(0, 0xff));
      line.sendLines("GET shopping a");
      assert.deepEqual(await line.readMany(2), ["x\ry", "OK"]);
      line.sendLines("GET shopping b");
      assert.deepEqual(await line.readMany(2), ["\u0000\u00ff", "OK"]);
    });
  });

  test("names that a line cannot carry are there for RESP alone", async () => {
    await atBothDoors(async ({ line, resp }) => {
      assert.equal(await resp.show("HSET", "shopping list", "whole milk", "1"), ":1");
      assert.deepEqual(await line.ask("GET shopping list"), ["NOT FOUND"]);
      assert.deepEqual(await line.ask("GET shopping list whole milk"), ["UNKNOWN COMMAND"]);
      assert.equal(await resp.show("HGET", "shopping list", "whole milk"), '"1"');
      assert.equal(await show(resp, "KEYS *"), '["shopping list"]');
    });
  });

  test("a bucket made by CREATE outlives its last key, one born of HSET goes with it", async () => {
    await atBothDoors(async ({ line, resp }) => {
      assert.deepEqual(await line.ask("CREATE kept"), ["OK"]);
      await show(resp, "HSET kept f v");
      await show(resp, "HSET born f v");
      assert.equal(await show(resp, "HDEL kept f"), ":1");
      assert.equal(await show(resp, "HDEL born f"), ":1");
      assert.deepEqual(await line.ask("GET kept f", 2), ["", "OK"]);
      assert.deepEqual(await line.ask("GET born f"), ["NOT FOUND"]);
      assert.deepEqual(await line.ask("PUT born f v"), ["NOT FOUND"]);
      assert.deepEqual(await line.ask("PUT kept f w"), ["OK"]);
      assert.equal(await show(resp, "HGET kept f"), '"w"');
    });
  });

  test("a bucket made over RESP by KV.CREATE stays as one made by CREATE does", async () => {
    await atBothDoors(async ({ line, resp }) => {
      assert.equal(await show(resp, "KV.CREATE kept"), "+OK");
      assert.deepEqual(await line.ask("GET kept f", 2), ["", "OK"]);
      await show(resp, "HSET kept f v");
      await show(resp, "HDEL kept f");
      assert.deepEqual(await line.ask("PUT kept f w"), ["OK"]);
    });
  });

  test("a write on a line counts for a condition over RESP", async () => {
    await atBothDoors(async ({ line, resp }) => {
      await line.ask("CREATE shopping");
      await line.ask("PUT shopping milk 1");
      const [, revision = ""] =
        /^\["1", "(\d+)"/u.exec(await show(resp, "KV.GET shopping milk")) ?? [];
      await line.ask("PUT shopping milk 2");
      assert.equal(await show(resp, `KV.PUT shopping milk 3 IFREV ${revision}`), "$-1");
      assert.deepEqual(await line.ask("GET shopping milk", 2), ["2", "OK"]);
      const [, next = ""] = /^\["2", "(\d+)"/u.exec(await show(resp, "KV.GET shopping milk")) ?? [];
      assert.match(await show(resp, `KV.PUT shopping milk 3 IFREV ${next}`), /^"\d+"$/u);
      assert.deepEqual(await line.ask("GET shopping milk", 2), ["3", "OK"]);
    });
  });

  test("DELETE on a line takes the last key of a bucket born of HSET, and the bucket", async () => {
    await atBothDoors(async ({ line, resp }) => {
      await show(resp, "HSET born f v");
      assert.deepEqual(await line.ask("DELETE born f"), ["OK"]);
      assert.deepEqual(await line.ask("DELETE born f"), ["NOT FOUND"]);
      assert.equal(await show(resp, "EXISTS born"), ":0");
    });
  });

  test("CREATE of a bucket born of HSET keeps it from then on, with its keys", async () => {
    await atBothDoors(async ({ line, resp }) => {
      await show(resp, "HSET born f v");
      assert.deepEqual(await line.ask("CREATE born"), ["OK"]);
      assert.deepEqual(await line.ask("GET born f", 2), ["v", "OK"]);
      assert.equal(await show(resp, "HDEL born f"), ":1");
      assert.deepEqual(await line.ask("GET born f", 2), ["", "OK"]);
    });
  });

  test("DEL takes a bucket whoever made it, and CREATE makes an empty one", async () => {
    await atBothDoors(async ({ line, resp }) => {
      await line.ask("CREATE kept");
      await line.ask("PUT kept f v");
      assert.equal(await show(resp, "DEL kept"), ":1");
      assert.deepEqual(await line.ask("GET kept f"), ["NOT FOUND"]);
      assert.deepEqual(await line.ask("CREATE kept"), ["OK"]);
      assert.deepEqual(await line.ask("GET kept f", 2), ["", "OK"]);
    });
  });

  test("a bucket that lapses is gone for both, and CREATE makes an empty one", async () => {
    await atBothDoors(async ({ line, resp }) => {
      await line.ask("CREATE shopping");
      await line.ask("PUT shopping milk 1");
      assert.equal(await show(resp, "PEXPIRE shopping 20"), ":1");
      await lapse(resp, "shopping");
      assert.deepEqual(await line.ask("GET shopping milk"), ["NOT FOUND"]);
      assert.deepEqual(await line.ask("CREATE shopping"), ["OK"]);
      assert.deepEqual(await line.ask("GET shopping milk", 2), ["", "OK"]);
      assert.equal(await show(resp, "TTL shopping"), ":-1");
    });
  });
});

suite("the line protocol and RESP on the same buckets, over a restart", () => {
  test("what lapsed or was deleted stays so; what was kept or born stays what it was", async () => {
    await using home = await openNodeHome();
    const first = await start(home);
    await using resp = await RespClient.connect(first.respPort);
    await using line = await LineClient.connect(first.node.port);
    for (const name of ["kept", "lapsed"]) await line.ask(`CREATE ${name}`);
    for (const name of ["kept", "lapsed", "born", "emptied"]) await show(resp, `HSET ${name} f v`);
    await show(resp, "HDEL kept f");
    await show(resp, "HDEL emptied f");
    await show(resp, "HSET lasting f v");
    await show(resp, "EXPIRE lasting 1000");
    await show(resp, "PEXPIRE lapsed 20");
    await lapse(resp, "lapsed");
    await line.ask("CREATE lapsed");
    await first.node.kill();

    const second = await start(home);
    await using after = await LineClient.connect(second.node.port);
    await using again = await RespClient.connect(second.respPort);
    assert.deepEqual(await after.ask("GET kept f", 2), ["", "OK"]);
    assert.deepEqual(await after.ask("GET lapsed f", 2), ["", "OK"]);
    assert.deepEqual(await after.ask("GET emptied f"), ["NOT FOUND"]);
    assert.deepEqual(await after.ask("GET born f", 2), ["v", "OK"]);
    assert.equal(await show(again, "HDEL born f"), ":1");
    assert.deepEqual(await after.ask("GET born f"), ["NOT FOUND"]);
    const left = Number((await show(again, "TTL lasting")).slice(1));
    assert.ok(left > 900 && left <= 1_000, String(left));
  });
});

/** A node with both doors, and where they are. */
async function start(
  home: Awaited<ReturnType<typeof openNodeHome>>,
): Promise<{ readonly node: NodeProcess & { readonly port: number }; readonly respPort: number }> {
  const node = await home.start({ env: { RESP_PORT: "0" } });
  const [, port] = await node.logged(/Accepting RESP connections on port (\d+)/u);
  return { node, respPort: Number(port) };
}
