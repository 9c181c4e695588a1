import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { create } from "tar";
import { openProjectFolder, type ProjectFolder } from "../../testing/project-folder.ts";
import { fetchPackage } from "./fetch-package.ts";

const name = "toy-runtime";
const version = "1.2.3";

let folder: ProjectFolder;
let archive: Buffer;
let registry: Server;
let asked: string[] = [];
let variables: Record<string, string | undefined>;

before(async () => {
  folder = await openProjectFolder({
    "package/package.json": JSON.stringify({ name, version }),
    "package/bin/node": "a program",
    "package/LICENSE": "a licence",
    "package/share/more": "more",
  });
  const file = join(folder.path, "made.tgz");
  await create({ file, cwd: folder.path, gzip: true }, ["package"]);
  archive = await readFile(file);
  registry = createServer((request, response) => {
    asked.push(request.url ?? "");
    const port = portOf(registry);
    const tarball = `http://127.0.0.1:${port}/${name}/-/${name}-${version}.tgz`;
    if (request.url?.endsWith(".tgz") === true) response.end(archive);
    else if (request.url === `/${name}`) {
      response.setHeader("content-type", "application/json");
      const dist = { tarball, integrity: integrityOf(archive) };
      const versions = { [version]: { name, version, dist } };
      response.end(JSON.stringify({ name, "dist-tags": { latest: version }, versions }));
    } else response.writeHead(404).end("{}");
  });
  registry.listen(0, "127.0.0.1");
  await once(registry, "listening");
  const port = portOf(registry);
  const home = join(folder.path, "home");
  await mkdir(home);
  // tidy-allow: npm is started as a person would, but for where it looks
  const { PATH } = process.env;
  variables = {
    PATH,
    HOME: home,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_cache: join(home, "cache"),
    npm_config_fetch_retries: "0",
    npm_config_update_notifier: "false",
    npm_config_audit: "false",
  };
});

after(async () => {
  registry.close();
  registry.closeAllConnections();
  await folder[Symbol.asyncDispose]();
});

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}

async function fetch(cache: string, wanted: object = {}, settings: object = {}): Promise<string> {
  const assembly = { say: () => {}, progress: () => {}, variables: { ...variables, ...settings } };
  const { signal } = new AbortController();
  const files = ["bin/node", "LICENSE", "absent"];
  return await fetchPackage(
    { name, version, integrity: integrityOf(archive), files, ...wanted },
    join(folder.path, cache),
    { ...assembly, signal },
  );
}

test("npm fetches a package, once, and only what is wanted of it is taken", async () => {
  const place = await fetch("once");
  assert.deepEqual((await readdir(place, { recursive: true })).toSorted(), [
    "LICENSE",
    "bin",
    "bin/node",
  ]);
  assert.equal(await readFile(join(place, "bin/node"), "utf8"), "a program");
  asked = [];
  const again = await fetch("once");
  assert.notEqual(again, place);
  assert.equal(await readFile(join(again, "bin/node"), "utf8"), "a program");
  assert.deepEqual(asked, []);
});

test("one that was damaged since is fetched again", async () => {
  const cache = join(folder.path, "damaged");
  await mkdir(cache);
  await writeFile(join(cache, `${name}-${version}.tgz`), "damaged");
  assert.equal(await readFile(join(await fetch("damaged"), "LICENSE"), "utf8"), "a licence");
});

test("nothing is used that the lock file does not name", async () => {
  const integrity = integrityOf(Buffer.from("another one"));
  await assert.rejects(fetch("other", { integrity }), {
    code: "RELEASE_REFUSED",
    message: `${name}@${version} as npm has it is not what the lock file names: ${integrityOf(archive)} instead of ${integrity}`,
  });
  assert.deepEqual(await readdir(join(folder.path, "other")), []);
  await assert.rejects(fetch("other", { integrity: undefined }), {
    message: /^The lock file has no integrity of toy-runtime@1\.2\.3; /u,
  });
});

test("those who fetch the same at once do not take it from each other", async () => {
  const places = await Promise.all(
    ["together", "together", "together"].map((cache) => fetch(cache)),
  );
  for (const place of places) {
    assert.equal(await readFile(join(place, "LICENSE"), "utf8"), "a licence");
  }
});

test("a person's settings for what npm prints do not matter", async () => {
  for (const setting of ["npm_config_json", "npm_config_silent"]) {
    const place = await fetch(setting, {}, { [setting]: "true" });
    assert.equal(await readFile(join(place, "LICENSE"), "utf8"), "a licence");
  }
});

test("without a registry the line says what was tried", async () => {
  // Port 9 of loopback: nobody listens there, and nobody is given it.
  const nowhere = "http://127.0.0.1:9/";
  await assert.rejects(fetch("alone", {}, { npm_config_registry: nowhere }), {
    message: /^npm cannot fetch toy-runtime@1\.2\.3: .*request to http:\/\/127\.0\.0\.1:9\/.*; /u,
  });
});

test("what npm cannot fetch is said in one line", async () => {
  await assert.rejects(fetch("none", { name: "no-such-package" }), {
    code: "RELEASE_REFUSED",
    message: /^npm cannot fetch no-such-package@1\.2\.3: .*404.*; it is needed once, then kept$/u,
  });
  assert.deepEqual(await readdir(join(folder.path, "none")), []);
});
