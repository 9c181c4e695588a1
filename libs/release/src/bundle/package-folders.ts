/** A folder of a package that was installed, in the path of a module; the innermost one. */
const packageFolder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/u;

/** The folders of the installed packages that `modules`, paths of files, belong to; each once. */
export function packageFolders(modules: readonly string[]): readonly string[] {
  // What the bundler has made itself has a name that no file can have.
  const files = modules.filter((path) => !path.startsWith("\0"));
  return [...new Set(files.flatMap((path) => packageFolder.exec(path)?.[0] ?? []))];
}
