import { verifyRelease } from "../manifest/verify-release.ts";
import type { ReleaseCall } from "./release-call.ts";

/** `verify`: says whether the release is as it was assembled, and what an operator has edited. 1 when something is not. */
export async function verifyCommand({ process, place }: ReleaseCall): Promise<number> {
  const { name, version } = place.build;
  const { files, bytes, problems, edited } = await verifyRelease(place.root, version);
  const { stdout, stderr } = process;
  for (const file of edited) stdout.write(`${file} was edited, as it may be\n`);
  for (const problem of problems) stderr.write(`${problem}\n`);
  const what = `${name}-${version}: ${files} files, ${bytes} bytes`;
  if (problems.length === 0) stdout.write(`${what}, as assembled\n`);
  else stderr.write(`${what}; assemble it again, or copy it anew\n`);
  return problems.length === 0 ? 0 : 1;
}
