import { crc32 } from "node:zlib";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { FORMAT_VERSION } from "./segment-header.ts";
import { STORE_ID_BYTES, type StoreId } from "./store-id.ts";

/**
 * The file a clean stop leaves behind. It says that every byte of the log was on the disk, and where
 * the log begins and ends; with it there, whatever differs is damage. Numbers are little-endian.
 *
 * ```text
 *  0        4         8                  24        32          40         48         56        64      68
 *  ┌────────┬─────────┬──────────────────┬─────────┬───────────┬──────────┬──────────┬─────────┬───────┐
 *  │ "KVSL" │ version │ store id         │ last    │ its       │ last     │ last     │ first   │ CRC   │
 *  │        │ u32     │ 16 bytes         │ segment │ length in │ group's  │ revision │ segment │ u32   │
 *  │        │         │                  │ u64     │ bytes, u64│ sequence │ u64      │ u64     │       │
 *  └────────┴─────────┴──────────────────┴─────────┴───────────┴──────────┴──────────┴─────────┴───────┘
 * ```
 *
 * The CRC-32 covers everything before it, in every version of the format.
 */
export interface Seal {
  readonly storeId: StoreId;
  readonly segment: number;
  readonly lengthBytes: number;
  /** 0 when the log holds no group. */
  readonly lastSequence: number;
  /** Later revisions are higher. Above the last one in the log when some were skipped and none drawn since. */
  readonly lastRevision: number;
  /** The oldest segment that the log needs; older ones may have been left over. */
  readonly firstSegment: number;
}

/** What the bytes of a seal file turned out to be. */
export type SealReading =
  | { readonly type: "seal"; readonly seal: Seal }
  | { readonly type: "other-version"; readonly found: number }
  | { readonly type: "bad"; readonly reason: string };

const MAGIC = 0x4c53564b; // "KVSL"
const SEAL_BYTES = 68;

/** Lays out `seal` in a fresh array. */
export function encodeSeal(seal: Seal): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(MAGIC);
  writer.u32(FORMAT_VERSION);
  writer.bytes(seal.storeId);
  writer.u64(seal.segment);
  writer.u64(seal.lengthBytes);
  writer.u64(seal.lastSequence);
  writer.u64(seal.lastRevision);
  writer.u64(seal.firstSegment);
  writer.u32(crc32(writer.view()));
  return writer.view();
}

/** Reads a whole seal file; the store id is a copy. */
export function decodeSeal(file: Uint8Array): SealReading {
  const reader = new ByteReader(file);
  const magic = reader.u32();
  const found = reader.u32();
  if (found === undefined || magic !== MAGIC) return bad("it is no seal");
  const checkedBytes = Math.max(file.length - 4, reader.offset);
  if (new ByteReader(file, checkedBytes).u32() !== crc32(file.subarray(0, checkedBytes))) {
    return bad("the seal's checksum does not match");
  }
  if (found !== FORMAT_VERSION) return { type: "other-version", found };
  if (file.length !== SEAL_BYTES) return bad("it is no seal");
  const storeId = reader.bytes(STORE_ID_BYTES);
  const segment = reader.u64();
  const lengthBytes = reader.u64();
  const lastSequence = reader.u64();
  const lastRevision = reader.u64();
  const firstSegment = reader.u64();
  if (
    storeId === undefined ||
    segment === undefined ||
    lengthBytes === undefined ||
    lastSequence === undefined ||
    lastRevision === undefined ||
    firstSegment === undefined
  ) {
    return bad("the seal holds a number out of range");
  }
  const places = { segment, lengthBytes, lastSequence, lastRevision, firstSegment };
  return { type: "seal", seal: { storeId: new Uint8Array(storeId), ...places } };
}

function bad(reason: string): SealReading {
  return { type: "bad", reason };
}
