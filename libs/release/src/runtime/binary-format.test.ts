import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { platformOf, platformOfHead } from "./binary-format.ts";
import { platformName } from "./targets.ts";

/** The beginning of a file: bytes at places. */
function head(parts: Readonly<Record<number, readonly number[]>>, length = 512): Buffer {
  const bytes = Buffer.alloc(length);
  for (const [at, values] of Object.entries(parts)) bytes.set(values, Number(at));
  return bytes;
}

const elf = [0x7f, 0x45, 0x4c, 0x46];
const machO = [0xcf, 0xfa, 0xed, 0xfe];

test("the headers of programs say which platform they are for", () => {
  for (const [expected, bytes] of [
    ["linux-x64", head({ 0: elf, 18: [0x3e, 0] })],
    ["linux-arm64", head({ 0: elf, 18: [0xb7, 0] })],
    [undefined, head({ 0: elf, 18: [0x28, 0] })],
    ["darwin-x64", head({ 0: machO, 4: [7, 0, 0, 1] })],
    ["darwin-arm64", head({ 0: machO, 4: [12, 0, 0, 1] })],
    [undefined, head({ 0: machO, 4: [7, 0, 0, 0] })],
    ["win-x64", head({ 0: [0x4d, 0x5a], 60: [128], 128: [0x50, 0x45, 0, 0, 0x64, 0x86] })],
    [undefined, head({ 0: [0x4d, 0x5a], 60: [128], 128: [0x50, 0x45, 0, 0, 0x64, 0xaa] })],
    [undefined, head({ 0: [0x4d, 0x5a], 60: [0xff, 0xff] })],
    [undefined, Buffer.from("#!/bin/sh\necho\n".padEnd(100))],
    [undefined, head({ 0: elf, 18: [0x3e, 0] }, 20)],
    [undefined, Buffer.alloc(0)],
  ] as const) {
    assert.equal(platformOfHead(bytes), expected, bytes.toString("hex", 0, 24));
  }
});

test("whatever the bytes are, none of it throws", () => {
  const start = fc.constantFrom([], elf, machO, [0x4d, 0x5a]);
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 300 }), (magic, rest) => {
      platformOfHead(Buffer.concat([Buffer.from(magic), rest]));
    }),
  );
});

test("the program that runs this is for this machine", async () => {
  assert.equal(await platformOf(process.execPath), platformName(process));
});
