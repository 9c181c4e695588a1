import { copyFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemTime } from "@kv/application";
import { runRelease } from "../../test/releases/run-tool.ts";
import { copyUmbrella } from "../../test/releases/umbrella-copy.ts";
import { type CommandFigures, measureCommands } from "./measure-commands.ts";

/** What was measured of releases. Times in milliseconds, one for each round; sizes in bytes. */
export interface ReleaseFigures extends CommandFigures {
  /** `npm run release -- foo`, by the clock on the wall. */
  readonly assembleMs: readonly number[];
  /** `bin/foo start` until all of the node runs, of a copy elsewhere. */
  readonly bootMs: readonly number[];
  readonly folderBytes: number;
  readonly codeBytes: number;
  readonly archiveBytes: number;
  readonly archiveWithoutNodeBytes: number;
  /** Packing the archive with Node in it. */
  readonly packMs: number;
}

/** foo as releases.ts has it, and the same packed, with and without Node. */
const RELEASES = `import { releases as shipped } from "./shipped-releases.ts";

const steps = ["assemble", "tar"];

export const releases = {
  foo: shipped.foo,
  packed: { ...shipped.foo, steps },
  bare: { ...shipped.foo, steps, includeRuntime: false },
};
`;

/** As `--prove` prints it. */
const PROVEN =
  /serves after (?<boot>\d+) ms.*; (?<folder>[\d.]+) MB \(code (?<code>[\d.]+) MB, Node [\d.]+ MB\)/u;

/** As the step `tar` prints it. */
const ARCHIVE = /^\* made (?<path>.*)$/mu;

/** Assembles releases in a copy of the checkout, as a person would, and starts them as `--prove` does. */
export async function measureReleases(
  rounds: number,
  tell: (text: string) => void,
): Promise<ReleaseFigures> {
  await using umbrella = await copyUmbrella();
  const { root } = umbrella;
  await copyFile(join(root, "releases.ts"), join(root, "shipped-releases.ts"));
  await writeFile(join(root, "releases.ts"), RELEASES);
  const assemble = async (...words: readonly string[]): Promise<Assembled> => {
    const began = systemTime.nowMs();
    const { code, stdout, stderr } = await runRelease([...words, "--overwrite"], { cwd: root });
    if (code !== 0) throw new Error(stderr);
    return { stdout, tookMs: systemTime.nowMs() - began };
  };
  const archiveBytes = async ({ stdout }: Assembled): Promise<number> => {
    const { size } = await stat(join(root, ARCHIVE.exec(stdout)?.groups?.["path"] ?? ""));
    return size;
  };
  const assembleMs: number[] = [];
  const proofs: Proof[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    tell(`round ${round} of ${rounds}`);
    assembleMs.push((await assemble("foo")).tookMs);
    proofs.push(proofIn((await assemble("foo", "--prove")).stdout));
  }
  tell("asking");
  const commands = await measureCommands(join(root, "_build", "prod", "rel", "foo"), rounds);
  tell("packing");
  const plainMs = Math.min(...assembleMs);
  const packed = await assemble("packed");
  const bare = await assemble("bare");
  const { folderBytes = 0, codeBytes = 0 } = proofs[0] ?? {};
  return {
    ...commands,
    assembleMs,
    bootMs: proofs.map(({ bootMs }) => bootMs),
    folderBytes,
    codeBytes,
    packMs: packed.tookMs - plainMs,
    archiveBytes: await archiveBytes(packed),
    archiveWithoutNodeBytes: await archiveBytes(bare),
  };
}

interface Assembled {
  readonly stdout: string;
  readonly tookMs: number;
}

interface Proof {
  readonly bootMs: number;
  readonly folderBytes: number;
  readonly codeBytes: number;
}

function proofIn(printed: string): Proof {
  const groups = PROVEN.exec(printed)?.groups;
  if (groups === undefined) throw new Error(`it says nothing of a proof: ${printed}`);
  const { boot, folder, code } = groups;
  return {
    bootMs: Number(boot),
    folderBytes: Number(folder) * 1e6,
    codeBytes: Number(code) * 1e6,
  };
}
