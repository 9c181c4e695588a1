import { crc32 } from "node:zlib";
import { decodeGroupHeader, GROUP_HEADER_BYTES, type GroupHeader } from "./format/group-header.ts";

/** What stands at some offset of a segment. */
export type GroupReading =
  | { readonly type: "group"; readonly header: GroupHeader; readonly payload: Uint8Array }
  | { readonly type: "bad"; readonly reason: string };

/** Reads the group that begins at `offset` of `file`; the payload is a view. */
export function readGroup(file: Uint8Array, offset: number, seed: number): GroupReading {
  const header = decodeGroupHeader(file, offset, seed);
  if (header === undefined) return { type: "bad", reason: "no sound group header begins here" };
  const start = offset + GROUP_HEADER_BYTES;
  const payload = file.subarray(start, start + header.payloadBytes);
  if (payload.length < header.payloadBytes) return { type: "bad", reason: "a group is cut short" };
  if (crc32(payload) !== header.payloadChecksum) {
    return { type: "bad", reason: "a group's checksum does not match" };
  }
  return { type: "group", header, payload };
}
