/**
 * How two nodes get to know each other, before any frame.
 *
 * ```text
 * dialler  = preamble, hello, ( proof | refusal ) ;
 * acceptor = preamble, ( hello, proof | refusal ) ;  (* each after what it answers; refusal may also follow hello *)
 * preamble = "KVND", version ;                       (* the same in every version *)
 * hello    = 1, length, role, kind, instance, nonce, name, meant ;
 * proof    = 2, length, 32 * byte ;
 * refusal  = 3, length, code, kind, name ;
 * role     = 1 | 2 ;                                 (* dialler, acceptor *)
 * kind     = 1 | 2 ;                                 (* short, long *)
 * instance = 16 * byte ;                             (* random, drawn when the process joined *)
 * nonce    = 32 * byte ;                             (* random, drawn for this handshake *)
 * name     = u8 length, { byte } ;                   (* of whoever says it *)
 * meant    = name ;                                  (* of whom it is said to *)
 * ```
 *
 * Numbers are little-endian: version and length are u16, the others u8. A length counts what follows it.
 */

import { type NameKind, type NodeName, parseCompleteName } from "../node-name.ts";

/** The version of all that nodes say to each other. */
export const protocolVersion = 1;

/** What every end of a link begins with. */
export const magic = Uint8Array.from(Buffer.from("KVND", "latin1"));

/** Bytes of the preamble. */
export const preambleBytes = magic.length + 2;

/** Bytes of a message's type and length. */
export const messageHeaderBytes = 3;

/** Longest body of a message: a hello with two names of 255 bytes takes 562. */
export const bodyLimitBytes = 600;

/** The types of messages, by their byte. */
export const messageType = { hello: 1, proof: 2, refusal: 3 } as const;

/** Bytes of a nonce, and of a proof. */
export const nonceBytes = 32;

/** Bytes of an instance. */
export const instanceBytes = 16;

/** Who dials and who accepts. */
export type Role = "dialler" | "acceptor";

/** What one end says of itself. */
export interface Hello {
  readonly role: Role;
  readonly kind: NameKind;
  readonly instance: Uint8Array;
  readonly nonce: Uint8Array;
  readonly name: NodeName;
  /** For whom it takes the other end. */
  readonly meant: NodeName;
}

const roles = { dialler: 1, acceptor: 2 } as const;
const kinds = { short: 1, long: 2 } as const;

/** Why an end is turned away, by the byte that says so. */
export const refusalCode = {
  cookie: 1,
  "name-kind": 2,
  duplicate: 3,
  "other-node": 4,
  /** There is a link already, and it works. */
  linked: 5,
  /** The connection that goes the other way is the one that will be used. */
  crossed: 6,
  /** Another process of this name is just being judged. */
  busy: 7,
  leaving: 8,
  /** The certificate that the other end has shown is not good here. */
  certificate: 9,
} as const;

/** Why an end is turned away. */
export type RefusalCode = keyof typeof refusalCode;

/** What an end says when it turns the other one away. */
export interface RefusalMessage {
  readonly code: RefusalCode;
  readonly kind: NameKind;
  readonly name: NodeName;
}

/** Writes a preamble. */
export function encodePreamble(): Uint8Array {
  return Uint8Array.of(...magic, protocolVersion & 0xff, protocolVersion >>> 8);
}

/** Writes a whole message. */
export function encodeMessage(type: number, body: Uint8Array): Uint8Array {
  return Uint8Array.of(type, body.length & 0xff, body.length >>> 8, ...body);
}

/** Writes the body of a hello. */
export function encodeHello({ role, kind, instance, nonce, name, meant }: Hello): Uint8Array {
  return Uint8Array.of(
    roles[role],
    kinds[kind],
    ...instance,
    ...nonce,
    ...text(name),
    ...text(meant),
  );
}

/** Writes the body of a refusal. */
export function encodeRefusal({ code, kind, name }: RefusalMessage): Uint8Array {
  return Uint8Array.of(refusalCode[code], kinds[kind], ...text(name));
}

/** Reads the body of a hello; `undefined` when it is none. */
export function decodeHello(body: Uint8Array): Hello | undefined {
  const role = keyOf(roles, body[0]);
  const kind = keyOf(kinds, body[1]);
  const instanceEnd = 2 + instanceBytes;
  const nonceEnd = instanceEnd + nonceBytes;
  const instance = body.slice(2, instanceEnd);
  const nonce = body.slice(instanceEnd, nonceEnd);
  const name = readName(body, nonceEnd);
  if (role === undefined || kind === undefined || name === undefined) return undefined;
  const meant = readName(body, name.end);
  if (meant?.end !== body.length) return undefined;
  return { role, kind, instance, nonce, name: name.node, meant: meant.node };
}

/** Reads the body of a refusal; `undefined` when it is none. */
export function decodeRefusal(body: Uint8Array): RefusalMessage | undefined {
  const code = keyOf(refusalCode, body[0]);
  const kind = keyOf(kinds, body[1]);
  const name = readName(body, 2);
  if (code === undefined || kind === undefined || name?.end !== body.length) return undefined;
  return { code, kind, name: name.node };
}

function text(name: NodeName): Uint8Array {
  return Uint8Array.of(name.length, ...Buffer.from(name, "latin1"));
}

function readName(body: Uint8Array, at: number): { node: NodeName; end: number } | undefined {
  const length = body[at];
  if (length === undefined || at + 1 + length > body.length) return undefined;
  const end = at + 1 + length;
  const node = parseCompleteName(Buffer.from(body.subarray(at + 1, end)).toString("latin1"));
  return node === undefined ? undefined : { node, end };
}

function keyOf<Key extends string>(
  table: Readonly<Record<Key, number>>,
  value: number | undefined,
): Key | undefined {
  return Object.keys(table).find((key): key is Key => Reflect.get(table, key) === value);
}
