/** For a name that would break the lines of CLIENT LIST. */
export const wrongClientNameError =
  "ERR Client names cannot contain spaces, newlines or special characters.";

/** The longest name that is kept, in bytes. Redis has no limit but that of a word. */
export const clientNameLimitBytes = 1024;

/** For one that is too long. */
export const longClientNameError = `ERR Client names cannot be longer than ${clientNameLimitBytes} bytes`;

/** Whether a connection can have this name: printable ASCII without a space, or nothing, which takes the name away. */
export function isClientName(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x21 && byte <= 0x7e);
}
