/**
 * `npm run docs`: do the docs say what is so? Links and anchors resolve, the npm commands named exist, and
 * the tables of configuration keys are those of the code (`npm run docs -- --write` renews them).
 */
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createLogger, describeEnvironment } from "@kv/application";
import { kv } from "@kv/kv";
import { kvServer } from "@kv/kv-server";
import { control } from "./umbrella.ts";

const KEYS_FILE = "docs/configuration.md";
const KEYS = /<!-- keys -->[^]*<!-- \/keys -->/u;
const { stdout, stderr } = process;
const APPLICATIONS = [kv, kvServer, control, createLogger({ channels: [], stdout, stderr })];
const NPM_BUILT_IN = new Set(["ci", "install", "start", "test"]);

const files = globSync(["*.md", "{docs,test,bench,config}/**/*.md"], {
  exclude: ["**/node_modules/**"],
});

if (process.argv.includes("--write")) {
  writeFileSync(
    KEYS_FILE,
    readFileSync(KEYS_FILE, "utf8").replace(KEYS, () => keyTables()),
  );
}
const complaints = [...files.flatMap(complaintsAbout), ...complaintsAboutKeys()];
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;

function complaintsAbout(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  const prose = text.replace(/^```[^]*?^```$/gmu, "");
  const links = [...prose.matchAll(/\]\((?!https?:)([^)\s]+)\)/gu)].map((match) => match[1] ?? "");
  const commands = [
    ...text.matchAll(/(?:^|[`$] ?|&& )npm (?:run (?:--silent )?)?([a-z][a-z:-]*)/gmu),
  ];
  return [
    ...links
      .filter((link) => !resolves(file, link))
      .map((link) => `${file}: the link ${link} leads nowhere`),
    ...commands
      .map((match) => match[1] ?? "")
      .filter((name) => !NPM_BUILT_IN.has(name) && !scripts().has(name))
      .map((name) => `${file}: package.json has no script ${name}`),
  ];
}

/** Whether `link`, as it stands in `file`, names a file that is there and a heading that it has. */
function resolves(file: string, link: string): boolean {
  const [path = "", anchor] = link.split("#", 2);
  const target = path === "" ? file : join(dirname(file), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(target).has(anchor);
}

/** The anchors that a Markdown viewer makes of a file's headings. */
function anchorsOf(file: string): ReadonlySet<string> {
  const headings = readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gmu);
  return new Set(
    [...headings].map((match) =>
      (match[1] ?? "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

function scripts(): ReadonlySet<string> {
  const manifest: unknown = JSON.parse(readFileSync("package.json", "utf8"));
  const hasScripts = typeof manifest === "object" && manifest !== null && "scripts" in manifest;
  return new Set(Object.keys(hasScripts ? (manifest.scripts ?? {}) : {}));
}

function complaintsAboutKeys(): readonly string[] {
  const written = KEYS.exec(readFileSync(KEYS_FILE, "utf8"))?.[0];
  if (written === keyTables()) return [];
  return [`${KEYS_FILE}: the keys are not those of the code; run npm run docs -- --write`];
}

function keyTables(): string {
  const tables = APPLICATIONS.map(
    (application) =>
      `### \`${application.name}\`\n\n${application.description}\n\n${describeEnvironment(application)}\n`,
  );
  return `<!-- keys -->\n\n${tables.join("\n")}\n<!-- /keys -->`;
}
