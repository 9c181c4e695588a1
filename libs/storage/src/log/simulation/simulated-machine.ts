import { basename, dirname, join } from "node:path";
import type { DirectoryLock, FilePort, OpenFile, OpenMode, ReadableFile } from "../file-port.ts";
import { systemError } from "../system-reason.ts";
import {
  type DiskCall,
  type Fault,
  type Faults,
  SimulatedDisk,
} from "../testing/simulated-disk.ts";
import type { Draw } from "../testing/simulated-file.ts";

/** When a call reaches the disk, and when its caller hears of it: at once, or not before it is let go. */
export type Pace = "at-once" | "late-start" | "late-return";

/** The files of one directory, by their names. */
export type Content = ReadonlyMap<string, Uint8Array>;

/** Every disk of the machine holds one directory, which has this name to it. */
const INSIDE = "/d";

/**
 * The disk of a machine, as far as the log engine sees it: directories, each on a simulated disk, and
 * calls that take as long as a test likes and overtake each other as those of a thread pool do.
 */
export class SimulatedMachine implements FilePort {
  /** Nothing goes wrong until a test says so. */
  faults: Faults = () => undefined;
  /** Nothing takes time until a test says so. */
  pace: (call: DiskCall) => Pace = () => "at-once";
  /** Called when the sync of a file begins; what it returns, when it is over, with whether it has succeeded. */
  watchSync: (path: string) => (isDone: boolean) => void = () => () => {};
  readonly #directories = new Map<string, SimulatedDisk>();
  /** By the names that survive a power cut. */
  #durableNames = new Map<string, SimulatedDisk>();
  readonly #waiting: (() => void)[] = [];
  #readFaults = 0;
  #writeFaults = 0;

  /** A machine with one directory whose files are on the disk. */
  static holding(path: string, content: Content): SimulatedMachine {
    const machine = new SimulatedMachine();
    machine.#attach(path, new SimulatedDisk(inside(content)));
    return machine;
  }

  /** Reads that have failed since {@link forgetFaults}, openings for reading among them. */
  get readFaults(): number {
    return this.#readFaults;
  }

  /** Other calls that have failed since then. */
  get writeFaults(): number {
    return this.#writeFaults;
  }

  /** Counts from 0 again. */
  forgetFaults(): void {
    this.#readFaults = 0;
    this.#writeFaults = 0;
  }

  /** Calls that wait to be let go. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** How many files are open for reading. */
  get readerCount(): number {
    return [...this.#directories.values()].reduce((sum, disk) => sum + disk.readerCount, 0);
  }

  /** Lets one of the calls that wait go on. */
  letGo(draw: Draw): void {
    this.#waiting.splice(draw(this.#waiting.length), 1)[0]?.();
  }

  has(path: string): boolean {
    return this.#directories.has(path);
  }

  /** The files of a directory as programs see them. */
  content(path: string): Content {
    const files = this.#directories.get(path)?.files() ?? new Map<string, Uint8Array>();
    return new Map([...files].map(([name, bytes]) => [basename(name), bytes]));
  }

  /** The machine when every process on it has been killed. */
  afterKill(): SimulatedMachine {
    return this.#after((disk) => disk.afterKill(), this.#directories);
  }

  /** The machine when the power has come back; see {@link SimulatedDisk.afterPowerCut}. */
  afterPowerCut(pageBytes: number, draw: Draw): SimulatedMachine {
    const names = draw(2) === 0 ? this.#durableNames : this.#directories;
    const after = this.#after((disk) => disk.afterPowerCut(pageBytes, draw), names);
    after.#durableNames = new Map(after.#directories);
    return after;
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#paced({ type: "open", path }, async () => {
      if (!this.#directories.has(path)) this.#attach(path, new SimulatedDisk());
    });
  }

  async realPath(path: string): Promise<string> {
    return path;
  }

  async list(path: string): Promise<readonly string[]> {
    const disk = this.#directories.get(path);
    if (disk === undefined) throw systemError("ENOENT", "scandir");
    return disk.list(INSIDE);
  }

  read(path: string): Promise<Uint8Array> {
    return this.#paced({ type: "read", path }, () => this.#disk(path).read(place(path)));
  }

  size(path: string): Promise<number> {
    return this.#disk(path).size(place(path));
  }

  async openForReading(path: string): Promise<ReadableFile> {
    const file = await this.#paced({ type: "open-for-reading", path }, () =>
      this.#disk(path).openForReading(place(path)),
    );
    return {
      read: (into, positionBytes) =>
        this.#paced({ type: "read", path }, () => file.read(into, positionBytes)),
      close: () => file.close(),
    };
  }

  async open(path: string, mode: OpenMode): Promise<OpenFile> {
    const file = await this.#paced({ type: "open", path }, () =>
      this.#disk(path).open(place(path), mode),
    );
    return {
      write: (bytes, positionBytes) =>
        this.#paced({ type: "write", path }, () => file.write(bytes, positionBytes)),
      writeSync: (bytes, positionBytes) => file.writeSync(bytes, positionBytes),
      sync: async () => {
        const tell = this.watchSync(path);
        const [result] = await Promise.allSettled([
          this.#paced({ type: "sync", path }, () => file.sync()),
        ]);
        tell(result.status === "fulfilled");
        if (result.status === "rejected") throw result.reason;
      },
      truncate: (lengthBytes) =>
        this.#paced({ type: "truncate", path }, () => file.truncate(lengthBytes)),
      close: () => file.close(),
    };
  }

  rename(from: string, to: string): Promise<void> {
    return this.#paced({ type: "rename", path: from }, async () => {
      const disk = this.#directories.get(from);
      if (disk === undefined) return this.#disk(from).rename(place(from), place(to));
      const fault = this.#judge({ type: "rename", path: from });
      if (fault?.type === "error") throw systemError(fault.code, "rename");
      this.#directories.delete(from);
      this.#directories.set(to, disk);
      this.#listen(to, disk);
      return undefined;
    });
  }

  remove(path: string): Promise<void> {
    return this.#paced({ type: "remove", path }, () => this.#disk(path).remove(place(path)));
  }

  syncDirectory(path: string): Promise<void> {
    return this.#paced({ type: "sync-directory", path }, async () => {
      const fault = this.#judge({ type: "sync-directory", path });
      if (fault?.type === "error") throw systemError(fault.code, "fsync");
      const disk = this.#directories.get(path);
      if (disk === undefined) this.#durableNames = new Map(this.#directories);
      else await disk.syncDirectory(INSIDE);
    });
  }

  lock(path: string): Promise<DirectoryLock> {
    return this.#disk(join(path, "LOCK")).lock(INSIDE);
  }

  async #paced<Result>(call: DiskCall, act: () => Promise<Result>): Promise<Result> {
    const pace = this.pace(call);
    if (pace === "late-start") await this.#wait();
    if (pace !== "late-return") return act();
    const [result] = await Promise.allSettled([act()]);
    await this.#wait();
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #disk(path: string): SimulatedDisk {
    const disk = this.#directories.get(dirname(path));
    if (disk === undefined) throw systemError("ENOENT", "open");
    return disk;
  }

  #attach(path: string, disk: SimulatedDisk): void {
    this.#listen(path, disk);
    this.#directories.set(path, disk);
    this.#durableNames.set(path, disk);
  }

  /** The disk's calls fail as those of the directory do; syncs of directories are judged before they get there. */
  #listen(path: string, disk: SimulatedDisk): void {
    disk.faults = ({ type, path: file }) =>
      type === "sync-directory"
        ? undefined
        : this.#judge({ type, path: join(path, basename(file)) });
  }

  #judge(call: DiskCall): Fault | undefined {
    const fault = this.faults(call);
    if (fault === undefined || (fault.type === "short" && fault.bytes > 0)) return fault;
    if (call.type === "read" || call.type === "open-for-reading") this.#readFaults += 1;
    else this.#writeFaults += 1;
    return fault;
  }

  #after(
    become: (disk: SimulatedDisk) => SimulatedDisk,
    names: ReadonlyMap<string, SimulatedDisk>,
  ): SimulatedMachine {
    const machine = new SimulatedMachine();
    const copies = new Map<SimulatedDisk, SimulatedDisk>();
    for (const [path, disk] of names) {
      const copy = become(disk);
      copies.set(disk, copy);
      machine.#attach(path, copy);
    }
    machine.#durableNames = new Map(
      [...this.#durableNames].flatMap(([path, disk]) => {
        const copy = copies.get(disk);
        return copy === undefined ? [] : [[path, copy] as const];
      }),
    );
    return machine;
  }
}

function place(path: string): string {
  return join(INSIDE, basename(path));
}

function inside(content: Content): readonly (readonly [path: string, bytes: Uint8Array])[] {
  return [...content].map(([name, bytes]) => [place(name), Uint8Array.from(bytes)] as const);
}
