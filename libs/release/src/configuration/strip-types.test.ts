import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { closeGaps } from "./close-gaps.ts";
import { SourceFault } from "./source-fault.ts";
import { stripTypes, tidied } from "./strip-types.ts";

/** What an operator gets to read of `source`. */
function shipped(source: string): string {
  return tidied(source, stripTypes(source));
}

suite("tidied()", () => {
  const table: readonly (readonly [what: string, source: string, expected: string])[] = [
    ["the type of a constant", "const a: number = 1;\n", "const a = 1;\n"],
    [
      "types of parameters and results",
      "function f(a: string, b?: number): void {}\n",
      "function f(a, b) {}\n",
    ],
    ["an arrow function's", "const f = (a: string): string => a;\n", "const f = (a) => a;\n"],
    ["type parameters", "const f = <T>(a: T): T => a;\n", "const f = (a) => a;\n"],
    ["type arguments", "new Map<string, number>();\n", "new Map();\n"],
    ["assertions", "f(a as string, b as number);\n", "f(a, b);\n"],
    ["an assertion before an operator", "f(a as number + 1);\n", "f(a + 1);\n"],
    ["satisfies", "const a = { b: 1 } satisfies object;\n", "const a = { b: 1 };\n"],
    ["an assertion that something is there", "a!.b!;\n", "a.b;\n"],
    ["an import of types at the beginning", 'import type { A } from "a";\n\nf();\n', "f();\n"],
    [
      "an import of types below a comment",
      '// Why.\n\nimport type { A } from "a";\n\nf();\n',
      "// Why.\n\nf();\n",
    ],
    [
      "an import of types among others",
      'import { b } from "b";\nimport type { A } from "a";\nimport { c } from "c";\n',
      'import { b } from "b";\nimport { c } from "c";\n',
    ],
    [
      "a type among what is imported",
      'import { type A, b } from "node:fs";\n',
      'import { b } from "node:fs";\n',
    ],
    [
      "interfaces and types between statements",
      "f();\n\ninterface A {\n  readonly a: string;\n}\n\ntype B = A;\n\ng();\n",
      "f();\n\ng();\n",
    ],
    ["a type at the end", "f();\n\ntype A = string;\n", "f();\n"],
    ["an indented type", "{\n  type A = string;\n  f();\n}\n", "{\n  f();\n}\n"],
    [
      "a type over several lines",
      "function f(a: {\n  readonly b: string;\n}, c: number) {}\n",
      "function f(a, c) {}\n",
    ],
    ["a type with other alphabets", 'const a: "ä€😀" = "ä€😀";\n', 'const a = "ä€😀";\n'],
    [
      "a comment beside a type",
      "const a: number = 1; // one: number\n",
      "const a = 1; // one: number\n",
    ],
    ["a comment on a type", "/** What. */\ntype A = 1;\nf();\n", "/** What. */\nf();\n"],
  ];
  for (const [what, source, expected] of table) {
    test(`closes the gap of ${what}`, () => assert.equal(shipped(source), expected));
  }

  const kept: readonly (readonly [what: string, source: string])[] = [
    ["spaces between words", "const   a =  1;\n"],
    ["empty lines", "f();\n\n\n\ng();\n"],
    ["text that looks like a gap", "const a = `x    y\n\n\n   z   \n`;\n"],
    ["a comment that looks like a gap", "/*  a:    b  */  f();  \n"],
    ["the end without a line feed", "f();"],
  ];
  for (const [what, source] of kept) {
    test(`keeps ${what}`, () => assert.equal(shipped(source), source));
  }

  test("keeps the blanks of a text whose expression has a type", () => {
    const source = "const a = `${b as string}   \n\n\n   ${c as string}`;\n";
    assert.equal(shipped(source), "const a = `${b}   \n\n\n   ${c}`;\n");
  });

  test("keeps a gap that means something", () => {
    // A number's point would be its fraction's.
    const source = "const a = 1! .toFixed(); const b = 1!.toFixed();\n";
    assert.deepEqual(valueOf(shipped(source)), []);
  });

  test("keeps what was stripped to another length as it is", () => {
    assert.equal(closeGaps("a: b;", "a"), "a");
  });

  test("means what Node runs, and leaves no gap, whatever the types are", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 12 }), (statements) => {
        const typed = statements.map(({ text }) => text).join("");
        const plain = statements.map(({ plain: written }) => written).join("");
        assert.deepEqual(valueOf(shipped(typed)), valueOf(stripTypes(typed)));
        assert.equal(shipped(typed).replaceAll(/\s+/gu, " "), plain.replaceAll(/\s+/gu, " "));
      }),
    );
  });

  test("changes nothing of what has no types", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 12 }), (statements) => {
        const plain = statements.map(({ plain: written }) => written).join("");
        assert.equal(shipped(plain), plain);
      }),
    );
  });
});

suite("stripTypes()", () => {
  const faults: readonly (readonly [source: string, line: number, message: RegExp])[] = [
    ["f();\nenum A { B }\n", 2, /enum is not supported/u],
    ["f();\n\nconst a: = 1;\n", 3, /Unexpected token/u],
    ["f(;\n", 1, /./u],
  ];
  for (const [source, line, message] of faults) {
    test(`refuses ${JSON.stringify(source)} with its line`, () => {
      assert.throws(
        () => stripTypes(source),
        (error) => {
          assert.ok(error instanceof SourceFault);
          assert.match(error.message, message);
          return error.line === line;
        },
      );
    });
  }

  test("says nothing on standard error", () => {
    const warnings: unknown[] = [];
    const listen = (warning: unknown): void => void warnings.push(warning);
    process.on("warning", listen);
    stripTypes("const a: number = 1;");
    process.off("warning", listen);
    assert.deepEqual(warnings, []);
  });
});

/** What the module's function answers. */
function valueOf(text: string): unknown {
  const seen: unknown[] = [];
  runInNewContext(text, { seen });
  return structuredClone(seen);
}

interface Statement {
  readonly text: string;
  /** What somebody who knows no types would have written. */
  readonly plain: string;
}

const type = fc.constantFrom(
  "number",
  "string | undefined",
  "readonly string[]",
  "{ readonly a: string }",
  "{\n  readonly a: string;\n  b?: Map<string, () => void>;\n}",
  "`a${string}`",
  '"ä€😀"',
  "(a: string) => void",
  "Partial<Record<string, unknown>>",
);
const number = fc.nat(99);

const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc.tuple(type, number).map(([t, n]) => ({
    text: `{ const a: ${t} = ${n} as any; seen.push(a); }\n`,
    plain: `{ const a = ${n}; seen.push(a); }\n`,
  })),
  fc.tuple(type, type, number).map(([t, u, n]) => ({
    text: `{\n  const f = (a: ${t}, b?: ${u}): ${t} => a; // a: ${n}\n  seen.push(f(${n}));\n}\n`,
    plain: `{\n  const f = (a, b) => a; // a: ${n}\n  seen.push(f(${n}));\n}\n`,
  })),
  fc.tuple(type, number).map(([t, n]) => ({
    text: `{\n  type A = ${t};\n  interface B { a: A }\n  seen.push(\`  \${${n} as A}   \`);\n}\n`,
    plain: `{\n  seen.push(\`  \${${n}}   \`);\n}\n`,
  })),
  fc.tuple(type, number).map(([t, n]) => ({
    text: `seen.push(new Set<${t}>([${n}!]).size, (${n} satisfies ${t}) + 1);\n\n`,
    plain: `seen.push(new Set([${n}]).size, (${n}) + 1);\n\n`,
  })),
  number.map((n) => ({
    text: `/** Kept:   ${n}. */\nfunction f${n}<T>(this: T, a: T) { return a as T; }\n`,
    plain: `/** Kept:   ${n}. */\nfunction f${n}(a) { return a; }\n`,
  })),
);
