/** The longest name of a connection, or of a client's library, in bytes. Redis has no limit but that of a word. */
const limitBytes = 1024;

/** Whether a connection can have this name: printable ASCII without a space, or nothing, which takes the name away. */
export function isClientName(bytes: Uint8Array): boolean {
  return bytes.length <= limitBytes && bytes.every((byte) => byte >= 0x21 && byte <= 0x7e);
}

/** Why a connection cannot have this name, as an error; `undefined` when it can. */
export function clientNameProblem(bytes: Uint8Array): string | undefined {
  if (isClientName(bytes)) return undefined;
  return bytes.length > limitBytes
    ? `ERR Client names cannot be longer than ${limitBytes} bytes.`
    : "ERR Client names cannot contain spaces, newlines or special characters.";
}
