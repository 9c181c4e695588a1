import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type ClusterOptions, openRedisClusterStore } from "@kv/storage/redis-cluster";
import { withoutServer } from "../../tools/replicated/server-program.ts";
import { type LocalCluster, startCluster } from "../../tools/replicated/start-cluster.ts";
import {
  type CertificateAuthority,
  openAuthority,
  withoutOpenssl,
} from "../harness/certificate-authority.ts";
import { LineClient } from "../harness/line-client.ts";
import { type NodeHome, openNodeHome } from "../harness/node-home.ts";
import { operate } from "../harness/operator.ts";
import { documentedRules } from "./documented-rules.ts";

const skip = withoutServer === false ? withoutOpenssl : withoutServer;
const [bucket, key, value] = [Buffer.from("shopping"), Buffer.from("milk"), Buffer.from("1")];
const user = { username: "kv", password: "PASSWORD" };

suite("servers that speak TLS, to each other too", { skip }, () => {
  let home: NodeHome;
  let authority: CertificateAuthority;
  let servers: LocalCluster;
  before(async () => {
    home = await openNodeHome();
    authority = await openAuthority(join(home.path, "ca"));
    const files = await authority.issue("server", { alternativeNames: "IP:127.0.0.1" });
    servers = await startCluster({
      primaries: 3,
      replicas: 1,
      settings: [`user kv on ${await documentedRules()}`],
      tls: { caFile: authority.caFile, ...files },
    });
  });
  after(async () => {
    await home[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });

  const unreachable = async (options: Partial<ClusterOptions>): Promise<string> => {
    await using store = await openRedisClusterStore({ nodes: servers.addresses, ...options });
    return (await store.clusterStatus()).unreachable ?? "";
  };

  test("are used with the authority that signed their certificates, and a user with a password", async () => {
    const options = { nodes: servers.addresses, tls: await caIn(authority), ...user };
    await using store = await openRedisClusterStore(options);
    assert.equal((await store.createBucket(bucket)).outcome.type, "created");
    assert.equal((await store.put(bucket, [{ key, value }])).outcome.type, "stored");
    assert.equal((await store.get(bucket, key)).outcome.type, "found");
  });

  test("are refused, in a clear line, with another authority, another name, no TLS, a wrong password", async () => {
    const other = await openAuthority(join(home.path, "other"), "somebody else");
    const tls = await caIn(authority);
    for (const [options, reason] of [
      [{ tls: await caIn(other), ...user }, /its certificate is signed by nobody who is trusted/u],
      [{ tls: {}, ...user }, /its certificate is signed by nobody who is trusted/u],
      [
        {
          tls,
          ...user,
          nodes: servers.addresses.map((text) => text.replace(/.*:/u, "localhost:")),
        },
        /^localhost:\d+: its certificate is for other names/u,
      ],
      [user, /closed|ECONNRESET/u],
      [{ tls, ...user, password: "open sesame" }, /does not take the user name and password/u],
    ] as const) {
      const told = await unreachable(options);
      assert.match(told, reason);
      assert.doesNotMatch(told, /sesame|\n/u);
    }
  });

  test("serve a node, and are looked after by its commands", async () => {
    const node = await home.start({
      env: {
        KV_REDIS_CLUSTER: servers.addresses.join(","),
        KV_REDIS_PASSWORD: user.password,
      },
      settings: [
        { application: "kv", path: ["storage", "tls"], value: { caFile: authority.caFile } },
        { application: "kv", path: ["storage", "username"], value: user.username },
      ],
    });
    await using client = await LineClient.connect(node.port);
    client.sendLines("CREATE night", "PUT night owl 1", "GET night owl");
    assert.deepEqual(await client.readMany(4), ["OK", "OK", "1", "OK"]);
    const { stdout, stderr } = await operate(["cluster", "status"], home);
    assert.match(stdout, /16384 of 16384 slots are served/u, stderr);
  });
});

/** What trusts an authority. */
async function caIn({ caFile }: CertificateAuthority): Promise<{ readonly ca: string }> {
  return { ca: await readFile(caFile, "utf8") };
}
