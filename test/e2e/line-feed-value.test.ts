import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { kv, parseBucketName } from "@kv/kv";
import { kvServer } from "@kv/kv-server";
import { LineClient } from "../harness/line-client.ts";
import { startLocalNode } from "../harness/local-node.ts";

// A value with a line feed can only be put by another protocol: here by a program that holds the buckets.

suite("a value with a line feed", () => {
  for (const value of ["x\r\nOK", "\n", "a\nb"]) {
    test(`is not put on a line: ${JSON.stringify(value)}`, async () => {
      await using node = await startLocalNode();
      const buckets = node.system.api(kv);
      const bucket = parseBucketName(Buffer.from("shopping"));
      if (bucket === undefined) throw new Error("shopping is a bucket name");
      await (await buckets.createBucket(bucket)).durable;
      const field = { key: Buffer.from("milk"), value: Buffer.from(value) };
      await (await buckets.put(bucket, [field])).durable;

      await using client = await LineClient.connect(node.system.api(kvServer).address.port);
      client.sendLines("GET shopping milk", "PUT shopping eggs 3", "GET shopping eggs");
      assert.deepEqual(await client.readMany(4), [
        "ERROR the value cannot be shown on a line",
        "OK",
        "3",
        "OK",
      ]);
    });
  }
});
