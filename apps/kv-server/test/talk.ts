import { TestClient } from "./test-client.ts";

/** All that a server says to a client which sends `input` and closes its half. */
export async function talk(port: number, input: string): Promise<string> {
  await using client = await TestClient.connect(port);
  client.send(input);
  return await client.finish();
}

/** A request of RESP with these words, one byte for a character. */
export function request(...words: readonly string[]): string {
  const bulks = words.map((word) => `$${word.length}\r\n${word}\r\n`);
  return `*${words.length}\r\n${bulks.join("")}`;
}
