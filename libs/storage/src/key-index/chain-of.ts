/**
 * Which of `chains` chains a hash belongs to: by its first bits, one more of them where the chain of
 * the fewer bits has been split already. Chains are split in the order of their hashes.
 */
export function chainOf(hash: number, chains: number): number {
  const bits = 31 - Math.clz32(chains);
  // At least 3, but for a table of one chain.
  if (bits === 0) return 0;
  const prefix = hash >>> (32 - bits);
  return prefix < chains - (1 << bits)
    ? chainOfPrefix(hash >>> (31 - bits), bits + 1)
    : chainOfPrefix(prefix, bits);
}

/**
 * The chain of the hashes that begin with `prefix`, of `bits` bits. A split leaves the half that goes
 * on with 0 where it is and makes a new chain, behind all others, of the half that goes on with 1: so the last 1
 * of the prefix says which round of splitting made the chain, and what is before it its place in that round.
 */
export function chainOfPrefix(prefix: number, bits: number): number {
  if (prefix === 0) return 0;
  const zeros = 31 - Math.clz32(prefix & -prefix);
  return (1 << (bits - 1 - zeros)) + (prefix >>> (zeros + 1));
}

/** The chain that `chain` was split from. */
export function parentOf(chain: number): number {
  const bits = 31 - Math.clz32(chain);
  return chainOfPrefix(chain - (1 << bits), bits);
}
