import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout } from "../../harness/checkout.ts";
import { findProgram } from "../../harness/find-program.ts";
import { startOurServer } from "../servers/our-server.ts";
import { RespClient } from "../wire/resp-client.ts";
import { redisCliEnvironment, withoutRedisCli } from "./redis-cli.ts";
import { runProgram } from "./run-program.ts";

const skip =
  withoutRedisCli ||
  (findProgram("nc") === undefined
    ? "there is no nc here (Debian: apt-get install netcat-openbsd)"
    : false);

const BLOCK = /^```console\n(?<body>[^]*?)^```$/gmu;

/** What is typed behind `$`, and what is shown until the next `$`. */
interface Shown {
  readonly typed: string;
  readonly answer: string;
}

/** The conversations of `file` in which somebody types redis-cli. */
function conversations(file: string): readonly (readonly Shown[])[] {
  const text = readFileSync(join(checkout, file), "utf8");
  return Array.from(text.matchAll(BLOCK), ({ groups }) => groups?.["body"] ?? "")
    .filter((body) => body.startsWith("$ redis-cli -p 4041"))
    .map((body) =>
      body
        .split(/^\$ /mu)
        .slice(1)
        .map((part) => {
          const end = part.indexOf("\n");
          return { typed: part.slice(0, end), answer: part.slice(end + 1) };
        }),
    );
}

/** What each document's reader has done before. */
const before = {
  "README.md": [
    ["KV.CREATE", "shopping"],
    ["HSET", "shopping", "milk", "1"],
  ],
  "docs/protocol.md": [],
} as const;

suite("what the documents show of redis-cli is what it says", { skip }, () => {
  for (const [file, requests] of Object.entries(before)) {
    for (const [index, conversation] of conversations(file).entries()) {
      test(`${file}, ${index + 1}`, async () => {
        await using ours = await startOurServer();
        await using client = await RespClient.connect(ours.port);
        for (const words of requests) await client.ask(...words);
        /** Revisions are others each time: the one that is shown, and what it was here. */
        const revisions = new Map<string, string>();
        for (const { typed, answer } of conversation) {
          const command = withRevisions(typed, revisions)
            .replaceAll("4041", String(ours.port))
            .replaceAll("4040", String(ours.linePort))
            .replace(/^redis-cli /u, "redis-cli --no-raw ");
          const { stdout } = await runProgram("sh", ["-c", command], { env: redisCliEnvironment });
          if (typed.includes("KV.PUT")) noteRevision(answer, stdout, revisions);
          // A document shows no CR; an output that is no terminal has an empty line behind an error.
          assert.equal(
            stdout.replaceAll("\r\n", "\n").trimEnd(),
            withRevisions(answer, revisions).trimEnd(),
            typed,
          );
        }
      });
    }
  }

  test("they show something", () => {
    assert.equal(conversations("README.md").length, 1);
    assert.ok(conversations("docs/protocol.md").length >= 2);
  });
});

function noteRevision(shown: string, said: string, revisions: Map<string, string>): void {
  const [, from] = /^"(\d+)"$/mu.exec(shown) ?? [];
  const [, to] = /^"(\d+)"$/mu.exec(said) ?? [];
  if (from !== undefined && to !== undefined) revisions.set(from, to);
}

function withRevisions(text: string, revisions: ReadonlyMap<string, string>): string {
  return text.replaceAll(/(?<=IFREV |")\d+/gu, (number) => revisions.get(number) ?? number);
}
