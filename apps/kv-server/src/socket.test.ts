import assert from "node:assert/strict";
import { Socket } from "node:net";
import { test } from "node:test";
import { adoptIntoSharedBuffer } from "./socket.ts";

test("adoptIntoSharedBuffer() reads as documented where there is no handle to take", () => {
  const accepted = new Socket();
  const pieces: string[] = [];
  const adopted = adoptIntoSharedBuffer()(accepted, ({ bytes, end }) => {
    pieces.push(Buffer.from(bytes).toString("latin1", 0, end));
  });
  adopted.emit("data", Buffer.from("CREATE a\r\n"));
  assert.deepEqual(pieces, ["CREATE a\r\n"]);
});
