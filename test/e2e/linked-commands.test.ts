import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { NodePair } from "../harness/node-pair.ts";

const tags = ["distributed"];

suite("commands of several steps over RESP, for a bucket of the other node", { tags }, () => {
  test("count exactly when two connections add to one key at a time", async () => {
    await using pair = await NodePair.start();
    const port = await pair.foo.acceptingResp();
    await using first = await LineClient.connect(port);
    await using second = await LineClient.connect(port);
    const adds = Array.from({ length: 100 }, () => "HINCRBY shopping eggs 1");
    first.sendLines(...adds);
    second.sendLines(...adds);
    const seen = [...(await first.readMany(100)), ...(await second.readMany(100))];
    const expected = Array.from({ length: 200 }, (_, index) => `:${index + 1}`);
    assert.deepEqual(new Set(seen), new Set(expected));
    assert.deepEqual(await first.ask("HGET shopping eggs", 2), ["$3", "200"]);
  });

  test("are answered in order amid a pipeline, and not overtaken by what is behind them", async () => {
    await using pair = await NodePair.start();
    await using client = await LineClient.connect(await pair.foo.acceptingResp());
    client.sendLines(
      "HSET shopping milk 1 eggs 12",
      "HMGET shopping milk eggs",
      "HSET shopping milk 2",
      "HGET apples none",
      "HPEXPIRE shopping 1000000 NX FIELDS 2 milk none",
      "HPEXPIRE shopping 1000000 NX FIELDS 1 milk",
      "HPERSIST shopping FIELDS 1 milk",
      "HDEL shopping eggs",
      "HGETALL shopping",
      "HSCAN shopping 0",
      "EXISTS shopping apples",
      "DEL shopping apples",
      "HLEN shopping",
      "PING",
    );
    const expected = [
      [":2"],
      ["*2", "$1", "1", "$2", "12"],
      [":0"],
      ["$-1"],
      ["*2", ":1", ":-2"],
      ["*1", ":0"],
      ["*1", ":1"],
      [":1"],
      ["*2", "$4", "milk", "$1", "2"],
      ["*2", "$1", "0", "*2", "$4", "milk", "$1", "2"],
      [":1"],
      [":1"],
      [":0"],
      ["+PONG"],
    ];
    for (const reply of expected) assert.deepEqual(await client.readMany(reply.length), reply);
  });
});
