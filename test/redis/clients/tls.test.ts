import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import {
  type CertificateAuthority,
  type CertificateFiles,
  openAuthority,
  withoutOpenssl,
} from "../../harness/certificate-authority.ts";
import { findProgram } from "../../harness/find-program.ts";
import {
  makeTemporaryDirectory,
  type TemporaryDirectory,
} from "../../harness/temporary-directory.ts";
import { type OurServer, startOurServer } from "../servers/our-server.ts";
import { redisCli, withoutRedisCli } from "../tools/redis-cli.ts";
import { runProgram } from "../tools/run-program.ts";
import { openIoredis } from "./open-ioredis.ts";
import { openNodeRedis } from "./open-node-redis.ts";
import { see } from "./see-glide.ts";

suite("Redis' clients over TLS", { skip: withoutOpenssl }, () => {
  let directory: TemporaryDirectory;
  let authority: CertificateAuthority;
  let node: CertificateFiles;
  let ours: OurServer;
  let ca: Buffer;

  before(async () => {
    directory = await makeTemporaryDirectory();
    authority = await openAuthority(join(directory.path, "ca"));
    node = await authority.issue("node");
    ca = await readFile(authority.caFile);
    ours = await startOurServer(settings(node));
  });
  after(async () => {
    await ours[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  test("node-redis", async () => {
    for (const RESP of [2, 3] as const) {
      await using client = await openNodeRedis({ port: ours.port, RESP, ca });
      await client.hSet("node-redis", "f", "v");
      assert.deepEqual({ ...(await client.hGetAll("node-redis")) }, { f: "v" });
    }
    await assert.rejects(openNodeRedis({ port: ours.port, RESP: 3, ca: Buffer.alloc(0) }));
  });

  test("ioredis", async () => {
    for (const protocol of [2, 3] as const) {
      await using redis = await openIoredis({ port: ours.port, protocol, tls: { ca } });
      await redis.hset("ioredis", "f", "v");
      assert.deepEqual({ ...(await redis.hgetall("ioredis")) }, { f: "v" });
    }
    await assert.rejects(openIoredis({ port: ours.port, tls: {} }), /certificate/u);
  });

  test("valkey-glide", async () => {
    const rootCertificate = ca.toString();
    const sight = await see({ port: ours.port, protocol: 3, name: "glide", rootCertificate });
    assert.equal(sight.bytes, true);
    assert.equal(sight.reconnected, true);
  });

  test("redis-cli, with a certificate of its own where one is required", {
    skip: withoutRedisCli,
  }, async () => {
    const trust = ["--tls", "--cacert", authority.caFile];
    const { stdout } = await redisCli(ours.port, [...trust, "-3", "HSET", "cli", "f", "v"]);
    assert.equal(stdout, "1\n");
    const distrust = await redisCli(ours.port, ["--tls", "--cacert", node.certificateFile, "PING"]);
    assert.match(
      distrust.stderr + distrust.stdout,
      /SSL_connect failed: certificate verify failed/u,
    );
    const plain = await redisCli(ours.port, ["PING"]);
    assert.notEqual(plain.stdout, "PONG\n");

    const required = { tlsCaFile: authority.caFile, tlsClientCertificates: "require" };
    await using strict = await startOurServer({ ...settings(node), ...required });
    const { certificateFile, keyFile } = await authority.issue("client");
    const own = ["--cert", certificateFile, "--key", keyFile];
    assert.equal((await redisCli(strict.port, [...trust, ...own, "PING"])).stdout, "PONG\n");
    assert.notEqual((await redisCli(strict.port, [...trust, "PING"])).stdout, "PONG\n");
  });

  const benchmark = findProgram("redis-benchmark");
  const skip =
    benchmark === undefined &&
    "there is no redis-benchmark here (Debian: apt-get install redis-tools)";
  test("redis-benchmark", { skip }, async () => {
    const trust = ["-p", String(ours.port), "--tls", "--cacert", authority.caFile];
    const words = [...trust, "-n", "2000", "-c", "10", "-P", "16", "--csv", "-t", "hset"];
    const { stdout, stderr, code } = await runProgram(benchmark ?? "redis-benchmark", words);
    assert.deepEqual({ stderr, code }, { stderr: "", code: 0 });
    assert.match(stdout, /^"HSET","\d+/mu);
  });
});

function settings({
  certificateFile,
  keyFile,
}: CertificateFiles): Readonly<Record<string, string>> {
  return { tlsCertificateFile: certificateFile, tlsKeyFile: keyFile };
}
