import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hopsWith, NO_HOPS } from "../hops.ts";
import { bucketNamed, nodeNamed } from "../testing/any-part.ts";
import { encodedRequest } from "../testing/encoded.ts";
import { KV_FAILURE_FORMS, STORAGE_FAILURE_FORMS } from "./failure-table.ts";

const page = read("../../../../../docs/node-protocol.md");
const blocks = [...page.matchAll(/^```text\n(?<block>[^]*?)^```$/gmu)].map(
  ({ groups }) => groups?.["block"] ?? "",
);

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}

/** The grammar in the first comment of a file that has one, without what makes it a comment. */
function grammarIn(source: string): string {
  const grammar = /^ \* ```text\n(?<grammar>[^]*?)^ \* ```$/mu.exec(source)?.groups?.["grammar"];
  return (grammar ?? "").replace(/^ \* ?/gmu, "");
}

for (const [what, file] of [
  ["request", "../request.ts"],
  ["response", "../response.ts"],
] as const) {
  test(`docs/node-protocol.md has the grammar that is drawn above the ${what}s`, () => {
    const grammar = grammarIn(read(file));
    assert.match(grammar, new RegExp(`^${what} +=`, "u"));
    assert.ok(blocks.includes(grammar), grammar);
  });
}

test("docs/node-protocol.md has the number and the details of every failure", () => {
  const rows = [...page.matchAll(/^\| \d+ \| `[^]*?\|$/gmu)].map(([row]) => row);
  const expected = Object.entries({ ...KV_FAILURE_FORMS, ...STORAGE_FAILURE_FORMS }).map(
    ([code, { number, details }]) => {
      const parts = Object.entries(details).map(([name, form]) => `${name} ${form}`);
      return `| ${number} | \`${code}\` | ${parts.join(", ")} |`;
    },
  );
  assert.deepEqual(rows, expected);
});

test("docs/node-protocol.md shows a request as it is sent", () => {
  const hops = hopsWith(NO_HOPS, nodeNamed("foo@lab"));
  const key = Buffer.from("milk");
  const sent = encodedRequest({ type: "get", hops, bucket: bucketNamed("shopping"), key });
  const shown = blocks.find((block) => block.startsWith("04 ")) ?? "";
  const hex = shown.replace(/ {2,}.*$/gmu, "").replace(/\s/gu, "");
  assert.equal(hex, Buffer.from(sent).toString("hex"));
});
