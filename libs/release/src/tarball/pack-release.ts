import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Header } from "tar";
import type { Assembly } from "../assemble/assembly.ts";
import { ReleaseError } from "../errors.ts";
import { layout } from "../layout.ts";
import { assembledFiles } from "../manifest/assembled-files.ts";
import { MANIFEST } from "../manifest/manifest.ts";
import type { Release } from "../release.ts";

/** Files begin, and the archive ends, at multiples of this. */
const BLOCK_BYTES = 512;

/** An archive ends with so many blocks of zeros. */
const END_BLOCKS = 2;

/** The time that every file has: 1 January 1980, which every archive format can say. In seconds since 1970. */
const EVERY_TIME_S = 315_532_800;

const EXECUTABLE = 0o755;
const PLAIN = 0o644;
const SECRET = 0o600;

/** A file of an archive. */
interface Packed {
  readonly file: string;
  readonly mode: number;
}

/**
 * Packs one version of a release, and answers where: `NAME-VERSION.tar.gz` beside the folder of all releases. The same files make
 * the same bytes: whoever packs them, when, and under whichever umask. The cookie is in it only where it is configured: one that was
 * drawn is not for everybody who gets the archive. `data/` and `tmp/` are never in it.
 */
export async function packRelease(release: Release, assembly: Assembly): Promise<string> {
  const { name, version, path } = release;
  const archive = join(dirname(path), "..", `${basename(name)}-${version}.tar.gz`);
  assembly.say(`packing ${basename(archive)}`);
  const draft = `${archive}.${process.pid}.partial`;
  await mkdir(dirname(archive), { recursive: true });
  try {
    await pipeline(
      Readable.from(archiveOf(release, assembly)),
      createGzip({ level: 6 }),
      createWriteStream(draft),
      { signal: assembly.signal },
    );
    await rename(draft, archive);
  } finally {
    await rm(draft, { force: true });
  }
  return archive;
}

/** The bytes of the archive, before they are compressed. */
async function* archiveOf(release: Release, { progress }: Assembly): AsyncGenerator<Uint8Array> {
  const { path } = release;
  const files = await packedFiles(release);
  const sizes = await Promise.all(
    files.map(async ({ file }) => (await stat(join(path, file))).size),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  for (const [index, packed] of files.entries()) {
    const size = sizes[index] ?? 0;
    yield headerOf(packed, size);
    const end = done + size;
    for await (const bytes of createReadStream(join(path, packed.file))) {
      yield bytes;
      done += bytes.length;
      progress("packing", done, total);
    }
    if (done !== end) {
      const reason = `${packed.file} was changed meanwhile`;
      throw new ReleaseError("ASSEMBLY_FAILED", { what: "packing", reason });
    }
    yield Buffer.alloc(-size & (BLOCK_BYTES - 1));
  }
  yield Buffer.alloc(END_BLOCKS * BLOCK_BYTES);
}

async function packedFiles(release: Release): Promise<readonly Packed[]> {
  const { version, path, options } = release;
  const files = await assembledFiles(release);
  const packed = await Promise.all(
    [...files, `${layout.version(version)}/${MANIFEST}`].map(async (file) => {
      const { mode } = await stat(join(path, file));
      return { file, mode: (mode & 0o100) === 0 ? PLAIN : EXECUTABLE };
    }),
  );
  packed.push({ file: layout.defaultVersion, mode: PLAIN });
  if (options.cookie !== undefined) packed.push({ file: layout.cookie, mode: SECRET });
  return packed.toSorted((one, other) => (one.file < other.file ? -1 : 1));
}

function headerOf({ file, mode }: Packed, size: number): Uint8Array {
  const header = new Header({
    path: file,
    mode,
    size,
    type: "File",
    uid: 0,
    gid: 0,
    mtime: new Date(EVERY_TIME_S * 1000),
  });
  const block = Buffer.alloc(BLOCK_BYTES);
  if (!header.encode(block)) return block;
  const reason = `the name ${file} is too long, or the file is: an archive has no room for it`;
  throw new ReleaseError("ASSEMBLY_FAILED", { what: "packing", reason });
}
