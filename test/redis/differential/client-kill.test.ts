/** What one connection does to others, and to itself: played on each server, and the transcripts compared. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { bothServers } from "../servers/both-servers.ts";
import { withoutRedisServer } from "../servers/redis-server.ts";
import { encodeRequest, RespClient } from "../wire/resp-client.ts";
import { textOf } from "../wire/resp-value.ts";
import { showEnd } from "./comparison.ts";

/** A connection, and what CLIENT INFO says of it. */
interface Party extends AsyncDisposable {
  readonly client: RespClient;
  readonly id: string;
  readonly addr: string;
  readonly laddr: string;
}

/** The killer, and two that may be killed. */
type Cast = readonly [killer: Party, one: Party, other: Party];

/** The words behind CLIENT KILL, made of who there is. */
const kills: Readonly<Record<string, (cast: Cast) => readonly string[]>> = {
  "by id": ([, one]) => ["ID", one.id],
  "by id, in lower case": ([, one]) => ["id", one.id],
  "by address": ([, one]) => ["ADDR", one.addr],
  "by address, the old way": ([, one]) => [one.addr],
  "by id and address": ([, one]) => ["ID", one.id, "ADDR", one.addr],
  "by an id and another's address": ([, one, other]) => ["ID", one.id, "ADDR", other.addr],
  "by the address they came to": ([, one]) => ["LADDR", one.laddr],
  "all of a type": () => ["TYPE", "normal"],
  "all of a user": () => ["USER", "default"],
  "all of a type, and oneself": () => ["TYPE", "normal", "SKIPME", "no"],
  "not oneself": ([killer]) => ["ID", killer.id],
  "not oneself, said": ([killer]) => ["ID", killer.id, "SKIPME", "yes"],
  oneself: ([killer]) => ["ID", killer.id, "SKIPME", "no"],
  "oneself, the old way": ([killer]) => [killer.addr],
};

async function join(port: number): Promise<Party> {
  const client = await RespClient.connect(port);
  const line = textOf(await client.ask("CLIENT", "INFO")) ?? "";
  const field = (name: string): string =>
    new RegExp(`(?:^| )${name}=(?<value>\\S*)`, "u").exec(line)?.groups?.["value"] ?? "";
  return {
    client,
    id: field("id"),
    addr: field("addr"),
    laddr: field("laddr"),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** What the killer is told, who is there afterwards, and whether the killer can tell. */
async function play(port: number, words: (cast: Cast) => readonly string[]): Promise<string> {
  await using killer = await join(port);
  await using one = await join(port);
  await using other = await join(port);
  const answer = await request(killer, "CLIENT", "KILL", ...words([killer, one, other]));
  const states = [];
  for (const party of [killer, one, other]) states.push(await request(party, "PING"));
  return `${answer}; killer ${states[0]}, one ${states[1]}, other ${states[2]}`;
}

async function request({ client }: Party, ...words: readonly string[]): Promise<string> {
  client.send(encodeRequest(words));
  return showEnd(await client.read());
}

suite("CLIENT KILL beside redis-server", { skip: withoutRedisServer }, () => {
  const servers = bothServers();

  for (const [title, words] of Object.entries(kills)) {
    test(title, async () => {
      assert.equal(await play(servers.ours.port, words), await play(servers.redis.port, words));
    });
  }

  test("CLIENT LIST has all, and those that are asked for", async () => {
    const lists = await Promise.all(
      [servers.redis.port, servers.ours.port].map(async (port) => {
        await using one = await join(port);
        await using other = await join(port);
        await one.client.ask("CLIENT", "SETNAME", "one");
        const names = async (...words: readonly string[]): Promise<string> => {
          const text = textOf(await other.client.ask("CLIENT", "LIST", ...words)) ?? "";
          return String(Array.from(text.matchAll(/ name=\S* .*? cmd=\S*/gu)).length);
        };
        return [
          await names(),
          await names("ID", one.id),
          await names("ID", one.id, other.id),
          await names("ID", one.id, "999999"),
          await names("TYPE", "NORMAL"),
        ].join(" ");
      }),
    );
    assert.equal(lists[1], lists[0]);
    assert.equal(lists[0], "2 1 2 1 2");
  });
});
