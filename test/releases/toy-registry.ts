import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";
import { runTool } from "./run-tool.ts";

/** A package that npm can fetch. */
export interface ToyPackage {
  readonly name: string;
  readonly version: string;
  /** By their path in the package. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
}

/** As much of a registry as `npm pack` asks for, on this machine only. */
export interface ToyRegistry extends AsyncDisposable {
  /** Have npm ask it, and nobody else, with a cache of its own. */
  readonly variables: Readonly<Record<string, string>>;
  /** By package, as a lock file has it: `sha512-…`. */
  readonly integrities: ReadonlyMap<string, string>;
  /** The paths that were asked for. */
  readonly asked: string[];
}

/** Serves `packages`. */
export async function openToyRegistry(packages: readonly ToyPackage[]): Promise<ToyRegistry> {
  const directory = await makeTemporaryDirectory();
  const archives = new Map<string, Buffer>();
  const versions = new Map<string, string>();
  for (const each of packages) {
    archives.set(each.name, await archiveOf(each, directory.path));
    versions.set(each.name, each.version);
  }
  const integrities = new Map([...archives].map(([name, bytes]) => [name, integrityOf(bytes)]));
  const asked: string[] = [];
  let origin = "";
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const [, name = "", rest] = path.split("/");
    const archive = archives.get(name);
    if (archive === undefined) response.writeHead(404).end("{}");
    else if (rest !== undefined) response.end(archive);
    else {
      const version = versions.get(name) ?? "";
      const dist = { tarball: `${origin}/${name}/-/${name}.tgz`, integrity: integrities.get(name) };
      const described = { [version]: { name, version, dist } };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ name, "dist-tags": {}, versions: described }));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it has a TCP address");
  origin = `http://127.0.0.1:${address.port}`;
  return {
    integrities,
    asked,
    variables: {
      HOME: directory.path,
      npm_config_registry: `${origin}/`,
      npm_config_cache: join(directory.path, "cache"),
      npm_config_fetch_retries: "0",
      npm_config_update_notifier: "false",
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function archiveOf({ name, version, files }: ToyPackage, folder: string): Promise<Buffer> {
  const root = join(folder, name);
  const all = { "package.json": JSON.stringify({ name, version }), ...files };
  for (const [file, content] of Object.entries(all)) {
    const path = join(root, "package", file);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, content);
  }
  const archive = join(folder, `${name}.tgz`);
  const { code, stderr } = await runTool(["tar", "-czf", archive, "package"], { cwd: root });
  if (code !== 0) throw new Error(stderr);
  return await readFile(archive);
}

function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}
