/** Byte arrays of any class compare equal when their bytes do. */
export function plain<Outcome extends object>(outcome: Outcome): Outcome {
  const copy = { ...outcome };
  for (const [name, member] of Object.entries(copy)) {
    if (member instanceof Uint8Array) Object.assign(copy, { [name]: Uint8Array.from(member) });
  }
  return copy;
}
