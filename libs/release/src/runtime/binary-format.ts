import { open } from "node:fs/promises";
import type { TargetName } from "./target.ts";

/** Enough for the headers that are looked at; that of a Windows program is somewhere in the first kilobyte. */
const HEAD_BYTES = 4096;

const ELF_MAGIC = 0x7f454c46;
const MACH_O_64_MAGIC = 0xfeedfacf;

/** What the headers call processors: ELF's e_machine, Mach-O's cputype, PE's Machine. */
const elfMachines = new Map<number, TargetName>([
  [0x3e, "linux-x64"],
  [0xb7, "linux-arm64"],
]);
const machOProcessors = new Map<number, TargetName>([
  [0x01000007, "darwin-x64"],
  [0x0100000c, "darwin-arm64"],
]);
const windowsMachines = new Map<number, TargetName>([[0x8664, "win-x64"]]);

/** The platform that a program is for, by its first bytes; `undefined` when it is no program, or for another one. */
export async function platformOf(path: string): Promise<TargetName | undefined> {
  await using file = await open(path);
  const head = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
  return platformOfHead(head.subarray(0, bytesRead));
}

/** {@link platformOf} for the beginning of a program. */
export function platformOfHead(head: Buffer): TargetName | undefined {
  if (head.length < 64) return undefined;
  if (head.readUInt32BE(0) === ELF_MAGIC) return elfMachines.get(head.readUInt16LE(18));
  if (head.readUInt32LE(0) === MACH_O_64_MAGIC) return machOProcessors.get(head.readUInt32LE(4));
  if (head.toString("latin1", 0, 2) !== "MZ") return undefined;
  // An old header, which says where the one that counts is.
  const at = head.readUInt32LE(60);
  if (at + 6 > head.length || head.toString("latin1", at, at + 4) !== "PE\0\0") return undefined;
  return windowsMachines.get(head.readUInt16LE(at + 4));
}
