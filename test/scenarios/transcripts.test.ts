import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";
import { openNodeStage } from "./node-stage.ts";
import { playCase } from "./play-case.ts";
import { readTranscripts } from "./transcripts.ts";

const documents = globSync(["*.md", "docs/**/*.md"], { cwd: checkout }).map((file) => ({
  file,
  transcripts: readTranscripts(file, readFileSync(join(checkout, file), "utf8")),
}));

suite("what the documents show is what a node says", () => {
  for (const { file, transcripts } of documents.filter((shown) => shown.transcripts.length > 0)) {
    test(`${file}, from one transcript to the next stopped, killed and started again`, async () => {
      const stage = await openNodeStage({ file, env: {}, settings: [] });
      try {
        for (const [index, transcript] of transcripts.entries()) {
          if (index > 0) {
            await stage.restart();
            await stage.kill();
          }
          await playCase(stage, file, transcript);
        }
      } finally {
        await stage.close();
      }
    });
  }

  test("README.md has a tour", () => {
    const readme = documents.find(({ file }) => file === "README.md");
    const steps = readme?.transcripts.flatMap((transcript) => transcript.steps) ?? [];
    assert.ok(steps.length > 10, `${steps.length} lines`);
  });
});

suite("readTranscripts()", () => {
  test("finds what is typed and what is answered, empty lines too", () => {
    const text = "# A tour\n\n```transcript\n> GET a k\n\nOK\n```\n\n```sh\n> no\n```\n";
    assert.deepEqual(readTranscripts("README.md", text), [
      {
        title: "README.md:3",
        line: 3,
        steps: [
          { type: "send", line: 4, connection: "", pieces: [Buffer.from("GET a k\r\n")] },
          { type: "expect", line: 5, connection: "", reply: Buffer.from("\r\n") },
          { type: "expect", line: 6, connection: "", reply: Buffer.from("OK\r\n") },
        ],
      },
    ]);
  });
});
