import { encodeRequest, measureRequest } from "../codec/encode-request.ts";
import { measureResponse, writeResponse } from "../codec/response-codec.ts";
import { WireWriter } from "../codec/wire-writer.ts";
import type { RemoteOperation, RemoteRequest } from "../request.ts";
import type { RemoteResponse } from "../response.ts";
import { written } from "./written.ts";

/** The bytes of `request`. */
export function encodedRequest(request: RemoteRequest): Uint8Array {
  return written(measureRequest(request), (target, at) => encodeRequest(target, at, request));
}

/** The bytes of `response` to `operation`. */
export function encodedResponse<Operation extends RemoteOperation>(
  operation: Operation,
  response: RemoteResponse<Operation>,
): Uint8Array {
  return written(measureResponse(operation, response), (target, at) => {
    writeResponse(new WireWriter(target, at), operation, response);
  });
}
