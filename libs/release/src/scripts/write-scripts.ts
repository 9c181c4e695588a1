import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Assembly } from "../assemble/assembly.ts";
import { versionFolder } from "../layout.ts";
import type { Release } from "../release.ts";
import { checkNodeFlags } from "./check-node-flags.ts";
import { startFileForUnix, startFileForWindows } from "./start-file.ts";
import {
  fillTemplate,
  findTemplate,
  type Template,
  type TemplateName,
  type TemplateValues,
} from "./template.ts";

/** A file of the release. */
interface Script {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

/**
 * Writes `bin/NAME`, `bin/NAME.bat`, or both, as `executables` says, and what they read of this version: `start`, `env`, `vm.args`
 * and `remote.vm.args`, from the templates of the project or the built-in ones. Throws `RELEASE_REFUSED` with file and line for
 * a template that cannot be filled in, and for flags that Node does not have; nothing is written then.
 */
export async function writeScripts(release: Release, assembly: Assembly): Promise<void> {
  const { say } = assembly;
  const { executables } = release.options;
  const launchers = executables.map((kind) => launcherName(release, kind));
  say(`writing ${launchers.join(" and ") || "vm.args"}`);
  const scripts = await scriptsOf(release, assembly);
  for (const script of scripts) await writeScript(script);
  for (const kind of ["unix", "windows"] as const) {
    if (executables.includes(kind)) continue;
    await rm(join(release.path, launcherName(release, kind)), { force: true });
  }
}

/** What a template is filled in with. */
export function templateValues({ name, version }: Release): TemplateValues {
  return { name, version, node: name };
}

async function scriptsOf(release: Release, assembly: Assembly): Promise<readonly Script[]> {
  const { executables } = release.options;
  const folder = versionFolder(release);
  const scripts = [
    await flagsFile(release, "vm.args", assembly),
    await flagsFile(release, "remote.vm.args", assembly),
  ];
  if (executables.includes("unix")) {
    scripts.push(await launcher(release, "unix"), await fromTemplate(release, "env.sh"), {
      path: join(folder, "start.sh"),
      text: startFileForUnix(release),
      mode: 0o644,
    });
  }
  if (executables.includes("windows")) {
    scripts.push(
      await launcher(release, "windows"),
      windows(await fromTemplate(release, "env.bat")),
      windows({ path: join(folder, "start.bat"), text: startFileForWindows(release), mode: 0o644 }),
    );
  }
  return scripts;
}

function launcherName({ name }: Release, kind: "unix" | "windows"): string {
  return kind === "unix" ? `bin/${name}` : `bin/${name}.bat`;
}

async function launcher(release: Release, kind: "unix" | "windows"): Promise<Script> {
  const source = kind === "unix" ? "launcher/launcher.sh" : "launcher/launcher.bat";
  const file = fileURLToPath(new URL(source, import.meta.url));
  const text = fillTemplate({ file, text: await readFile(file, "utf8") }, templateValues(release));
  const script = { path: join(release.path, launcherName(release, kind)), text, mode: 0o755 };
  return kind === "unix" ? script : windows(script);
}

async function fromTemplate(release: Release, name: TemplateName): Promise<Script> {
  const { text } = await filled(release, name);
  return { path: join(versionFolder(release), name), text, mode: 0o644 };
}

async function flagsFile(
  release: Release,
  name: TemplateName,
  assembly: Assembly,
): Promise<Script> {
  const template = await filled(release, name);
  await checkNodeFlags(release, template, assembly);
  return { path: join(versionFolder(release), name), text: template.text, mode: 0o644 };
}

/** A template with its values, by the name that the person who has written it knows. */
async function filled(release: Release, name: TemplateName): Promise<Template> {
  const { file, text } = await findTemplate(release.options.templates, name);
  const template = { file: relative(release.project.root, file), text };
  return { ...template, text: fillTemplate(template, templateValues(release)) };
}

/** cmd.exe loses labels in a file whose lines end as elsewhere. */
function windows(script: Script): Script {
  return { ...script, text: script.text.replaceAll("\n", "\r\n") };
}

/** In the place of what was there, at once: a shell that runs the former one reads it to its end. */
async function writeScript({ path, text, mode }: Script): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text);
  await chmod(draft, mode);
  await rename(draft, path);
}
