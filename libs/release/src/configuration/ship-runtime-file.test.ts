import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { openHouse, quietAssembly } from "../../testing/house.ts";
import type { ReleaseDefinition } from "../definition/release-definition.ts";
import { versionFolder } from "../layout.ts";
import { shipRuntimeFile } from "./ship-runtime-file.ts";

interface Shipped {
  readonly text: string | undefined;
  readonly said: readonly string[];
}

/** Ships a runtime file that has `text`. */
async function ship(
  text: string,
  {
    name = "config/runtime.ts",
    ...definition
  }: ReleaseDefinition & { readonly name?: string } = {},
): Promise<Shipped> {
  await using house = await openHouse({ [name]: text });
  const release = await house.release({ runtimeConfigPath: name, ...definition });
  await mkdir(versionFolder(release), { recursive: true });
  const said: string[] = [];
  await shipRuntimeFile(release, quietAssembly(said));
  const path = join(versionFolder(release), "runtime.mjs");
  return { text: existsSync(path) ? await readFile(path, "utf8") : undefined, said };
}

suite("shipRuntimeFile()", () => {
  test("ships what an operator can read: comments, no types, no gaps", async () => {
    const { text, said } = await ship(`// Edit this.
import { hostname } from "node:os";
import type { ConfigFunction } from "./config-file.ts";

interface Applications {
  readonly lamp: object;
}

export const config: ConfigFunction<Applications> = ({ env }) => ({
  // Asked for at every boot.
  lamp: { colour: env.string("COLOUR") ?? (hostname() as string) },
});
`);
    assert.equal(
      text,
      `// Edit this.
import { hostname } from "node:os";

export const config = ({ env }) => ({
  // Asked for at every boot.
  lamp: { colour: env.string("COLOUR") ?? (hostname()) },
});
`,
    );
    assert.deepEqual(said, ["using config/runtime.ts to configure the release at every boot"]);
  });

  test("ships JavaScript as it is", async () => {
    const text = "// a    b\nexport   const config = () => ({});";
    assert.equal((await ship(text, { name: "config/runtime.mjs" })).text, text);
  });

  test("ships nothing for a release without such a file", async () => {
    assert.deepEqual(await ship("", { runtimeConfigPath: false }), { text: undefined, said: [] });
  });

  const wayOut =
    'which is not there in a release: write "import type" if it is types, say it in this file, or have a config provider say it';
  const refused: readonly (readonly [source: string, problem: string])[] = [
    [
      'import type { A } from "./a.ts";\nimport { b } from "./b.ts";\n',
      `config/runtime.ts:2: it imports "./b.ts", ${wayOut}`,
    ],
    [`import { A } from './a.ts';\n`, `config/runtime.ts:1: it imports './a.ts', ${wayOut}`],
    [`import "valibot";\n`, `config/runtime.ts:1: it imports "valibot", ${wayOut}`],
    [`import { type A } from "a";\n`, `config/runtime.ts:1: it imports "a", ${wayOut}`],
    [`import * as a from "a";\n`, `config/runtime.ts:1: it imports "a", ${wayOut}`],
    [`\nexport * from "a";\n`, `config/runtime.ts:2: it imports "a", ${wayOut}`],
    [`export { a } from "a";\n`, `config/runtime.ts:1: it imports "a", ${wayOut}`],
    [
      `type A = {\n};\nexport const config = async () => import("a" + 1);\n`,
      `config/runtime.ts:3: it imports "a" + 1, ${wayOut}`,
    ],
    [
      "\n\nenum A { B }\n",
      "config/runtime.ts:3: TypeScript enum is not supported in strip-only mode",
    ],
  ];
  for (const [source, message] of refused) {
    test(`refuses ${JSON.stringify(source)} with its line and the way out`, async () => {
      await assert.rejects(ship(source), { code: "RELEASE_REFUSED", message });
    });
  }

  test("lets types and what Node has pass", async () => {
    const { text } = await ship(
      `import type { A } from "a";\nimport { join } from "node:path";\nexport { sep } from "path";\nexport const late = () => import("node:os");\n`,
    );
    assert.equal(
      text,
      `import { join } from "node:path";\nexport { sep } from "path";\nexport const late = () => import("node:os");\n`,
    );
  });

  test("refuses an error of syntax in JavaScript with its line", async () => {
    const problem = ship("\nexport const config = ;\n", { name: "config/runtime.mjs" });
    await assert.rejects(problem, { message: "config/runtime.mjs:2: Unexpected token" });
  });
});
