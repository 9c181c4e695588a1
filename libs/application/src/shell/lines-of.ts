/** The lines of UTF-8 that comes in pieces, without their ends; a last one without an end is a line. */
export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of input) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      yield text.slice(0, end).replace(/\r$/u, "");
      text = text.slice(end + 1);
    }
  }
  if (text !== "") yield text;
}
