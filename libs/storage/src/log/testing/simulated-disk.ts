import { basename, dirname } from "node:path";
import type { DirectoryLock, FilePort, OpenFile, OpenMode, ReadableFile } from "../file-port.ts";
import { systemError } from "../system-reason.ts";
import { type Draw, SimulatedFile } from "./simulated-file.ts";

/** Something the engine asks of the disk, as a fault sees it coming. */
export interface DiskCall {
  readonly type:
    | "read"
    | "write"
    | "sync"
    | "open"
    | "open-for-reading"
    | "truncate"
    | "rename"
    | "remove"
    | "sync-directory";
  readonly path: string;
}

/** What goes wrong with a call: a system error, or (of a write or a read) only some bytes taken or given. */
export type Fault =
  | { readonly type: "error"; readonly code: "EIO" | "ENOSPC" | "EROFS" }
  | { readonly type: "short"; readonly bytes: number };

/** Decides, call by call, what goes wrong. */
export type Faults = (call: DiskCall) => Fault | undefined;

/** A change of the directory; a new name and the loss of an old one happen together. */
interface EntryChange {
  readonly added: readonly (readonly [path: string, file: SimulatedFile])[];
  readonly removed: readonly string[];
}

/**
 * A disk in memory that does to the log engine what disks do: it fails, takes half of what it is
 * given, and forgets at a power cut what was not synced. Holds one directory.
 */
export class SimulatedDisk implements FilePort {
  /** Nothing goes wrong until a test says so. */
  faults: Faults = () => undefined;
  readonly #entries: Map<string, SimulatedFile>;
  readonly #durableEntries: Map<string, SimulatedFile>;
  #entryChanges: EntryChange[] = [];
  readonly #locks = new Set<string>();
  #gate: PromiseWithResolvers<void> | undefined;
  #readGate: PromiseWithResolvers<void> | undefined;
  #readerCount = 0;

  constructor(files: Iterable<readonly [path: string, content: Uint8Array]> = []) {
    const entries = [...files].map(
      ([path, content]) => [path, new SimulatedFile(content)] as const,
    );
    this.#entries = new Map(entries);
    this.#durableEntries = new Map(entries);
  }

  /** The files as programs see them. Nothing is lost when only a process is killed. */
  files(): Map<string, Uint8Array> {
    return new Map([...this.#entries].map(([path, file]) => [path, file.content]));
  }

  /**
   * The disk another process finds after this one was killed: everything that was written, and no
   * more of it safe from a power cut than before.
   */
  afterKill(): SimulatedDisk {
    const copies = new Map<SimulatedFile, SimulatedFile>();
    const copyOf = (file: SimulatedFile): SimulatedFile => {
      const copy = copies.get(file) ?? file.copy();
      copies.set(file, copy);
      return copy;
    };
    const disk = new SimulatedDisk();
    for (const [path, file] of this.#durableEntries) disk.#durableEntries.set(path, copyOf(file));
    for (const [path, file] of this.#entries) disk.#entries.set(path, copyOf(file));
    disk.#entryChanges = this.#entryChanges.map(({ added, removed }) => {
      return { added: added.map(([path, file]) => [path, copyOf(file)] as const), removed };
    });
    return disk;
  }

  /** A disk the machine may find after the power went. `draw` chooses what was lost: all, when always 0. */
  afterPowerCut(pageBytes: number, draw: Draw): SimulatedDisk {
    const entries = new Map(this.#durableEntries);
    const kept = this.#entryChanges.slice(0, draw(this.#entryChanges.length + 1));
    for (const change of kept) applyChange(entries, change);
    return new SimulatedDisk(
      [...entries].map(([path, file]) => [path, file.afterPowerCut(pageBytes, draw)]),
    );
  }

  /** How many files are open for reading. */
  get readerCount(): number {
    return this.#readerCount;
  }

  /** From now on writes and syncs reach the system but do not come back until {@link release}. */
  hold(): void {
    this.#gate ??= Promise.withResolvers();
  }

  /** Lets everything that is held come back. */
  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  /** From now on reads of files open for reading see what they find and do not come back until {@link releaseReads}. */
  holdReads(): void {
    this.#readGate ??= Promise.withResolvers();
  }

  /** Lets every read that is held come back. */
  releaseReads(): void {
    this.#readGate?.resolve();
    this.#readGate = undefined;
  }

  async makeDirectory(_path: string): Promise<void> {}

  /** There are no symbolic links. */
  async realPath(path: string): Promise<string> {
    return path;
  }

  async list(path: string): Promise<readonly string[]> {
    return [...this.#entries.keys()]
      .filter((name) => dirname(name) === path)
      .map((name) => basename(name));
  }

  async read(path: string): Promise<Uint8Array> {
    this.#failWhenTold({ type: "read", path });
    return Uint8Array.from(this.#find(path, "open").content);
  }

  async size(path: string): Promise<number> {
    return this.#find(path, "stat").content.length;
  }

  async openForReading(path: string): Promise<ReadableFile> {
    this.#failWhenTold({ type: "open-for-reading", path });
    const file = this.#find(path, "open");
    let isOpen = true;
    const read = async (into: Uint8Array, positionBytes: number): Promise<number> => {
      if (!isOpen) throw systemError("EBADF", "read");
      const fault = this.#failWhenTold({ type: "read", path });
      const count = Math.min(into.length, fault?.bytes ?? into.length);
      const bytes = file.content.subarray(positionBytes, positionBytes + count);
      into.set(bytes);
      await this.#readGate?.promise;
      return bytes.length;
    };
    const close = async (): Promise<void> => {
      if (!isOpen) throw systemError("EBADF", "close");
      isOpen = false;
      this.#readerCount--;
    };
    this.#readerCount++;
    return { read, close };
  }

  async open(path: string, { file: mode, syncsEveryWrite }: OpenMode): Promise<OpenFile> {
    this.#failWhenTold({ type: "open", path });
    let file = this.#entries.get(path);
    if (mode === "new" && file !== undefined) throw systemError("EEXIST", "open");
    if (mode === "existing") file = this.#find(path, "open");
    if (file === undefined) {
      file = new SimulatedFile();
      this.#change({ added: [[path, file]], removed: [] });
    }
    if (mode === "replace") file.truncate(0);
    return this.#opened(path, file, syncsEveryWrite);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#failWhenTold({ type: "rename", path: from });
    this.#change({ added: [[to, this.#find(from, "rename")]], removed: [from] });
  }

  async remove(path: string): Promise<void> {
    this.#failWhenTold({ type: "remove", path });
    this.#find(path, "unlink");
    this.#change({ added: [], removed: [path] });
  }

  async syncDirectory(path: string): Promise<void> {
    this.#failWhenTold({ type: "sync-directory", path });
    for (const change of this.#entryChanges) applyChange(this.#durableEntries, change);
    this.#entryChanges = [];
  }

  async lock(path: string): Promise<DirectoryLock> {
    if (this.#locks.has(path)) return { type: "held", holder: "process 1" };
    this.#locks.add(path);
    const release = (): void => void this.#locks.delete(path);
    const isHeld = (): boolean => this.#locks.has(path);
    return { type: "taken", lock: { isHeld, [Symbol.dispose]: release } };
  }

  #opened(path: string, file: SimulatedFile, syncsEveryWrite: boolean): OpenFile {
    const endSync = (finish: () => void): void => {
      const fault = this.faults({ type: "sync", path });
      if (fault?.type === "error") {
        file.forsake();
        throw systemError(fault.code, "fdatasync");
      }
      finish();
    };
    const sync = async (): Promise<void> => {
      const finish = file.beginSync();
      await this.#gate?.promise;
      endSync(finish);
    };
    const take = (bytes: Uint8Array, positionBytes: number): number => {
      const fault = this.#failWhenTold({ type: "write", path });
      const count = Math.min(bytes.length, fault?.bytes ?? bytes.length);
      file.write(positionBytes, bytes.subarray(0, count));
      return count;
    };
    const write = async (bytes: Uint8Array, positionBytes: number): Promise<number> => {
      const count = take(bytes, positionBytes);
      if (syncsEveryWrite) await sync();
      else await this.#gate?.promise;
      return count;
    };
    const writeSync = (bytes: Uint8Array, positionBytes: number): number => {
      const count = take(bytes, positionBytes);
      if (syncsEveryWrite) endSync(file.beginSync());
      return count;
    };
    const truncate = async (lengthBytes: number): Promise<void> => {
      this.#failWhenTold({ type: "truncate", path });
      file.truncate(lengthBytes);
    };
    return { write, writeSync, sync, truncate, close: async () => {} };
  }

  #failWhenTold(call: DiskCall): (Fault & { readonly type: "short" }) | undefined {
    const fault = this.faults(call);
    if (fault?.type === "error") throw systemError(fault.code, call.type);
    return fault;
  }

  #find(path: string, syscall: string): SimulatedFile {
    const file = this.#entries.get(path);
    if (file === undefined) throw systemError("ENOENT", syscall);
    return file;
  }

  #change(change: EntryChange): void {
    applyChange(this.#entries, change);
    this.#entryChanges.push(change);
  }
}

function applyChange(entries: Map<string, SimulatedFile>, { added, removed }: EntryChange): void {
  for (const path of removed) entries.delete(path);
  for (const [path, file] of added) entries.set(path, file);
}
