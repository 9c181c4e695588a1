/**
 * A web page can make a browser send an HTTP request to any port, with lines of the page's choosing in its
 * body. A connection that begins with an HTTP request line is therefore none of ours.
 *
 * ```text
 * request-line = method SP request-target SP "HTTP/" version     (RFC 9112, section 3)
 * ```
 *
 * The method may be any token, and neither it nor the target holds a space: so two words and ` HTTP/` are an HTTP
 * request, whatever they mean to us.
 */

const SPACE = 0x20;
const SLASH = 0x2f;
const VERSION = Buffer.from(" HTTP/");

/** Whether `line`, the whole first line of a connection, is an HTTP request line. */
export function isHttpRequestLine(line: Uint8Array): boolean {
  const versionAt = findVersion(line);
  return versionAt !== -1 && VERSION.every((byte, index) => line[versionAt + index] === byte);
}

/**
 * Whether `beginning`, that of a first line which is too long to be looked at whole, may be one of an HTTP
 * request line: a browser's target begins with a slash.
 */
export function isHttpRequestBeginning(beginning: Uint8Array): boolean {
  const targetAt = beginning.indexOf(SPACE) + 1;
  if (targetAt === 0 || beginning[targetAt] !== SLASH) return false;
  const versionAt = findVersion(beginning);
  return (
    versionAt === -1 || beginning.subarray(versionAt).every((byte, at) => byte === VERSION[at])
  );
}

/** Where the space after the target stands; -1 when there is none. */
function findVersion(line: Uint8Array): number {
  const methodEnd = line.indexOf(SPACE);
  return methodEnd === -1 ? -1 : line.indexOf(SPACE, methodEnd + 1);
}
