import { takenBytes } from "../src/socket.ts";
import type { TestClient } from "./test-client.ts";

/** As long as a few hundred requests of `client` take that are answered by `reply`: some ten milliseconds. */
export async function passTime(client: TestClient, reply = "UNKNOWN COMMAND\r\n"): Promise<void> {
  for (let n = 0; n < 300; n++) {
    client.send("NOPE\r\n");
    await client.reply(reply);
  }
}

/** How many bytes of what `client` sends are taken from it before no more are, while `other` is served. */
export async function acceptedBytes(
  client: TestClient,
  other: TestClient,
  reply?: string,
): Promise<number> {
  let accepted = -1;
  for (let quietRounds = 0; quietRounds < 5; quietRounds++) {
    await passTime(other, reply);
    const taken = takenBytes(client.socket);
    if (taken !== accepted) quietRounds = 0;
    accepted = taken;
  }
  return accepted;
}
