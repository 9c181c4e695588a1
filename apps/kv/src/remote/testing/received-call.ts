import { decodeResponse } from "../codec/response-codec.ts";
import type { ServedCall } from "../link.ts";
import type { RemoteRequest } from "../request.ts";
import type { RemoteResponse } from "../response.ts";
import { nodeNamed } from "./any-part.ts";
import { encodedRequest } from "./encoded.ts";
import { written } from "./written.ts";

/** A request as a link hands it over, and the responses to it. */
export class ReceivedCall implements ServedCall {
  readonly from = nodeNamed("foo@lab");
  readonly payload: Uint8Array;
  remainingMs = 5_000;
  isGone = false;
  readonly responses: (RemoteResponse | undefined)[] = [];
  readonly #request: RemoteRequest;

  constructor(request: RemoteRequest, payload = encodedRequest(request)) {
    this.#request = request;
    this.payload = payload;
  }

  answer(byteLength: number, write: (target: Uint8Array, at: number) => void): void {
    this.responses.push(decodeResponse(this.#request.type, written(byteLength, write)));
  }
}
