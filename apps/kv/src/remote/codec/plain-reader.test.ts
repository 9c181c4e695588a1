import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { RemoteRequest } from "../request.ts";
import { anyRequest } from "../testing/any-request.ts";
import { encodedRequest } from "../testing/encoded.ts";
import { RequestDecoder } from "./decode-request.ts";
import { PlainReader } from "./plain-reader.ts";

/** What the decoder makes of a plain request; `undefined` for any other. */
function plainPartsOf(request: RemoteRequest | undefined): object | undefined {
  // What a former owner is asked is never plain.
  if (request?.hops.asksFormerOwner === true) return undefined;
  if (request?.type === "get") {
    return { bucket: [...request.bucket], key: [...request.key], value: undefined };
  }
  if (request?.type !== "put" || request.fields.length !== 1) return undefined;
  const [field] = request.fields;
  if (field === undefined || field.expiresAtMs !== undefined || field.condition !== undefined) {
    return undefined;
  }
  return { bucket: [...request.bucket], key: [...field.key], value: [...field.value] };
}

/** The same of what the reader says. */
function partsRead(reader: PlainReader, bytes: Uint8Array): object {
  const part = (start: number, end: number): number[] => [...bytes.subarray(start, end)];
  return {
    bucket: part(reader.bucketStart, reader.bucketEnd),
    key: part(reader.keyStart, reader.keyEnd),
    value: reader.isPut ? part(reader.valueStart, reader.valueEnd) : undefined,
  };
}

test("PlainReader reads what the decoder reads, of plain requests, and nothing else, also of mutated bytes", () => {
  const [reader, decoder] = [new PlainReader(), new RequestDecoder()];
  let plain = 0;
  const bytesOf = fc.oneof(
    anyRequest.map(encodedRequest),
    fc.tuple(anyRequest.map(encodedRequest), fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
      const changed = Uint8Array.from(bytes);
      changed[at % bytes.length] = byte;
      return changed;
    }),
    fc.tuple(anyRequest.map(encodedRequest), fc.nat()).map(([bytes, end]) => {
      return bytes.subarray(0, end % (bytes.length + 1));
    }),
  );
  fc.assert(
    fc.property(bytesOf, (bytes) => {
      const request = decoder.decode(bytes);
      const expected = plainPartsOf(request);
      const isRead = reader.read(bytes);
      // A name without a byte is refused by whoever looks it up.
      if (isRead && reader.bucketStart === reader.bucketEnd) return;
      assert.equal(isRead, expected !== undefined);
      if (!isRead) return;
      plain++;
      assert.deepEqual(partsRead(reader, bytes), expected);
      assert.deepEqual(reader.hops, request?.hops.nodes);
    }),
    { numRuns: 5000 },
  );
  assert.ok(plain > 100, `${plain} plain requests`);
});
