/**
 * How passwords are kept: hashed by scrypt (RFC 7914), the parameters beside the hash, so that they can be
 * raised without making the old hashes worthless.
 *
 * ```text
 * "scrypt$" N "$" r "$" p "$" base64(salt) "$" base64(hash)
 * ```
 */

import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** The price of one guess. Memory is `128 * cost * blockSize` bytes. */
interface ScryptParameters {
  /** `N`: a power of two. */
  readonly cost: number;
  /** `r` */
  readonly blockSize: number;
  /** `p` */
  readonly parallelization: number;
}

/** A password as it is kept. */
export interface PasswordHash {
  readonly parameters: ScryptParameters;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

/** 16 MiB and some 50 ms a guess: Node's own defaults, and those of the scrypt paper for logging in. */
const defaultParameters: ScryptParameters = { cost: 16_384, blockSize: 8, parallelization: 1 };

const saltBytes = 16;
const hashBytes = 32;

/** More than this for one verification would let a stored hash stop the server. */
const memoryLimitBytes = 256 * 1024 * 1024;

const STORED =
  /^scrypt\$(?<cost>\d{1,8})\$(?<blockSize>\d{1,3})\$(?<parallelization>\d{1,2})\$(?<salt>[\w+/]{11,}={0,2})\$(?<hash>[\w+/]{22,}={0,2})$/u;

/** Reads a password as it is kept; `undefined` when `text` is not one, or asks for more than 256 MiB. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const { groups } = STORED.exec(text) ?? {};
  if (groups === undefined) return undefined;
  const parameters = {
    cost: Number(groups["cost"]),
    blockSize: Number(groups["blockSize"]),
    parallelization: Number(groups["parallelization"]),
  };
  if (!isAffordable(parameters)) return undefined;
  return {
    parameters,
    salt: Buffer.from(groups["salt"] ?? "", "base64"),
    hash: Buffer.from(groups["hash"] ?? "", "base64"),
  };
}

/** Makes the text that `users` of the configuration keeps for `password`. */
export async function hashPassword(password: string | Uint8Array): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, {
    parameters: defaultParameters,
    salt,
    hash: new Uint8Array(hashBytes),
  });
  const { cost, blockSize, parallelization } = defaultParameters;
  const encoded = [salt, hash].map((bytes) => bytes.toString("base64"));
  return ["scrypt", cost, blockSize, parallelization, ...encoded].join("$");
}

/** Whether `kept` was made of `password`. Takes the same time for a right and a wrong one. */
export async function verifyPassword(password: Uint8Array, kept: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, kept), kept.hash);
}

/** A hash that no password has, and that costs as much to compare as one with the parameters of `like`. */
export function decoyOf(like: PasswordHash): PasswordHash {
  return { ...like, hash: randomBytes(like.hash.length) };
}

function derive(
  password: string | Uint8Array,
  { parameters, salt, hash }: PasswordHash,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const options = { ...parameters, maxmem: memoryLimitBytes * 2 };
  scrypt(password, salt, hash.length, options, (error, derived) => {
    if (error === null) resolve(derived);
    else reject(error);
  });
  return promise;
}

function isAffordable({ cost, blockSize, parallelization }: ScryptParameters): boolean {
  const isPowerOfTwo = cost > 1 && Number.isInteger(Math.log2(cost));
  const isWhole = blockSize > 0 && parallelization > 0;
  return isPowerOfTwo && isWhole && 128 * cost * blockSize <= memoryLimitBytes;
}
