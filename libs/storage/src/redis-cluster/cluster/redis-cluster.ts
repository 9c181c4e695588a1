import { StorageError } from "../../errors.ts";
import { CallOrder } from "./call-order.ts";
import type { Parameter, Reply, Script, SlotView, WriteCall, Written } from "./cluster.ts";
import type { OpenCluster } from "./open-cluster.ts";
import { CLUSTER_DEFAULTS, type ChosenOptions, type ClusterOptions } from "./cluster-options.ts";
import type { Link } from "./connection/link.ts";
import { LinkPool } from "./connection/link-pool.ts";
import { PrimaryReader } from "./reads/primary-reader.ts";
import { type Question, Reader, STALE_AFTER_MS } from "./reads/reader.ts";
import { scriptQuestion } from "./reads/script-question.ts";
import type { ClusterStatus } from "./status/cluster-status.ts";
import { ClusterInspection } from "./status/cluster-inspection.ts";
import { machineTiming, type Timing } from "./timing.ts";
import { keySlot } from "./topology/key-slot.ts";
import { Topology } from "./topology/topology.ts";
import { TopologyWatch } from "./topology/topology-watch.ts";
import { reasonFor, WriteLanes } from "./writes/write-lanes.ts";
import { isAnswered } from "./writes/is-answered.ts";
import { WriteOperation } from "./writes/write-operation.ts";

/** More than these are refused at once: what waits takes memory, and would be given up at its deadline anyway. */
const WAITING_LIMIT = 20_000;
const WAITING_LIMIT_BYTES = 256 * 1024 * 1024;

const TOO_MANY = "too many requests are waiting";
const CLOSED = "the store was closed";

/** How often slow answers are looked for; from when on they raise doubt; and after which a server that lost its slots is not waited for. */
const LOOK_MS = 100;
const DOUBT_MS = 300;
const PATIENCE_MS = 500;

/** How long the end waits for what is under way. */
const LEAVE_MS = 2000;

/** The `Cluster` on connections of our own, one a primary for writes and one a server for everything else. */
export class RedisCluster implements OpenCluster {
  readonly #options: ChosenOptions & ClusterOptions;
  readonly #timing: Timing;
  readonly #links: LinkPool;
  readonly #staleLinks: LinkPool | undefined;
  readonly #watch: TopologyWatch;
  readonly #inspection: ClusterInspection;
  readonly #lanes: WriteLanes;
  readonly #reader: Reader;
  readonly #primaryReader: PrimaryReader;
  readonly #look: NodeJS.Timeout;
  #unadmitted = Topology.empty();
  #writes = 0;
  #writtenBytes = 0;
  #reads = 0;
  readonly #callOrder = new CallOrder();
  /** Writes that wait for reads that were called before. */
  readonly #deferred = new Set<WriteOperation>();
  #order = 0;
  #isEnded = false;

  constructor(options: ClusterOptions) {
    const chosen = { ...CLUSTER_DEFAULTS, ...options };
    this.#options = chosen;
    this.#timing = options.timing ?? machineTiming;
    const linkOptions = { ...chosen, timing: this.#timing };
    this.#links = new LinkPool(linkOptions);
    this.#staleLinks = chosen.staleReads ? new LinkPool(linkOptions, ["READONLY"]) : undefined;
    this.#watch = new TopologyWatch(this.#links, {
      seeds: options.nodes,
      timing: this.#timing,
      onView: () => {
        this.#inspection.heard();
        this.#lanes.look(PATIENCE_MS);
      },
      onSilence: (reason) => {
        this.#inspection.silent(reason);
      },
    });
    this.#inspection = new ClusterInspection(this.#watch, this.#links, chosen);
    this.#lanes = new WriteLanes(this, linkOptions);
    const readerOptions = {
      deadlineMs: chosen.deadlineMs,
      timing: this.#timing,
      staleReads: this.#staleLinks,
    };
    this.#reader = new Reader(this, this.#links, readerOptions);
    this.#primaryReader = new PrimaryReader(this, this.#links, readerOptions);
    this.#look = setInterval(() => {
      this.#lookForSlow();
    }, LOOK_MS).unref();
  }

  /** Looks for the cluster; what is wrong with it, if it answers and must not be used. */
  async start(): Promise<string | undefined> {
    await this.#watch.look();
    return await this.#inspection.first();
  }

  /** Who has which slot; nobody, as long as it is not known whether the cluster may be used. */
  get topology(): Topology {
    return this.#inspection.isAdmitted ? this.#watch.topology : this.#unadmitted;
  }

  get absence(): string {
    return this.#inspection.absence;
  }

  /** Something did not go as the table of slots has it. */
  doubt(): void {
    this.#watch.doubt();
  }

  async write(key: Uint8Array, script: Script, call: WriteCall): Promise<Written> {
    this.#admit();
    const slot = keySlot(key);
    this.#order += 1;
    const operation = new WriteOperation({ key, slot, order: this.#order, script, call });
    if (
      this.#writes >= WAITING_LIMIT ||
      this.#writtenBytes + operation.bytes > WAITING_LIMIT_BYTES
    ) {
      throw new StorageError("STORAGE_UNAVAILABLE", { reason: TOO_MANY });
    }
    this.#writes += 1;
    this.#writtenBytes += operation.bytes;
    operation.onSettled(() => {
      this.#writes -= 1;
      this.#writtenBytes -= operation.bytes;
    });
    operation.limit(this.#options.deadlineMs);
    this.#deferred.add(operation);
    // What holds up the reads before it holds it up.
    operation.explain = () =>
      this.topology.ownerOf(slot) === undefined ? reasonFor(slot, this) : undefined;
    this.#callOrder.write(slot, () => {
      this.#deferred.delete(operation);
      operation.explain = undefined;
      this.#lanes.write(operation);
    });
    return await operation.promise;
  }

  // oxlint-disable-next-line typescript/promise-function-async -- most requests are this one: a promise less for each
  read(key: Uint8Array, command: readonly Parameter[]): Promise<Reply> {
    const slot = keySlot(key);
    const startMs = this.#timing.nowMs();
    const question: Question = (send) => send(command);
    const link = this.#linkAtOnce(slot);
    if (link === undefined || !this.#callOrder.admitRead(slot)) {
      return this.#ask(slot, question, startMs);
    }
    this.#reads += 1;
    const answered = (reply: Reply): Reply => {
      this.#endRead(slot);
      return reply;
    };
    // Whatever it was, a read may be asked again, with all the care that this takes.
    return link.send(command).then(answered, () => this.#answer(slot, question, startMs));
  }

  async readScript(
    key: Uint8Array,
    script: Script,
    parameters: readonly Parameter[],
  ): Promise<Reply> {
    const question = scriptQuestion(key, script, parameters);
    return await this.#ask(keySlot(key), question, this.#timing.nowMs());
  }

  async primaries(): Promise<readonly string[]> {
    this.#admit();
    await this.#behindAll();
    return await this.#primaryReader.primaries();
  }

  async slots(): Promise<SlotView> {
    this.#admit();
    await this.#behindAll();
    return await this.#primaryReader.slots();
  }

  async readFrom(primary: string, command: readonly Parameter[]): Promise<Reply | undefined> {
    this.#admit();
    return await this.#primaryReader.readFrom(primary, command);
  }

  async status(): Promise<ClusterStatus> {
    const status = await this.#inspection.status();
    return { ...status, waitingWrites: this.#writes };
  }

  /** What was not sent is given up; what was is waited for a moment. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const endMs = this.#timing.nowMs() + LEAVE_MS;
    this.#lanes.leave(CLOSED);
    while (this.#writes > 0 && this.#timing.nowMs() < endMs) {
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
    this.#lanes.end(CLOSED);
    clearInterval(this.#look);
    this.#watch[Symbol.dispose]();
    this.#inspection[Symbol.dispose]();
    this.#links[Symbol.dispose]();
    this.#staleLinks?.[Symbol.dispose]();
  }

  /** The connection that a read may go out on without waiting for anything. */
  #linkAtOnce(slot: number): Link | undefined {
    // Where old data will do, a replica is asked as soon as the primary takes its time.
    if (this.#staleLinks !== undefined) return undefined;
    if (this.#isEnded || this.#inspection.refusal !== undefined) return undefined;
    if (this.#reads >= WAITING_LIMIT) return undefined;
    if (this.#lanes.lastUnanswered(slot) !== undefined) return undefined;
    const address = this.topology.ownerOf(slot)?.address;
    return address === undefined ? undefined : this.#links.existing(address);
  }

  async #ask(slot: number, question: Question, startMs: number): Promise<Reply> {
    this.#admit();
    if (this.#reads >= WAITING_LIMIT) {
      throw new StorageError("STORAGE_UNAVAILABLE", { reason: TOO_MANY });
    }
    this.#reads += 1;
    await this.#callOrder.turnToRead(slot);
    return await this.#answer(slot, question, startMs);
  }

  /** The answer to a read whose turn it is. */
  async #answer(slot: number, question: Question, startMs: number): Promise<Reply> {
    try {
      const last = this.#lanes.lastUnanswered(slot);
      if (last !== undefined) await this.#nearlyBehind(last);
      return await this.#reader.read(slot, question, startMs);
    } finally {
      this.#endRead(slot);
    }
  }

  #endRead(slot: number): void {
    this.#reads -= 1;
    this.#callOrder.endRead(slot);
  }

  /** Waits until the writes that were called before were executed, so that the read sees them. */
  async #behind(write: WriteOperation): Promise<void> {
    if (await isAnswered(write, this.#options.deadlineMs)) return;
    throw new StorageError("STORAGE_UNAVAILABLE", { reason: write.hindrance });
  }

  /** As `#behind`; where old data will do, a write that nobody takes holds up no read. */
  async #nearlyBehind(write: WriteOperation): Promise<void> {
    if (this.#options.staleReads) await isAnswered(write, STALE_AFTER_MS);
    else await this.#behind(write);
  }

  /** What goes over all slots sees the writes of all of them. */
  async #behindAll(): Promise<void> {
    await Promise.all(
      [...this.#lanes.allUnanswered(), ...this.#deferred].map(async (write) => {
        await this.#behind(write);
      }),
    );
  }

  #admit(): void {
    const reason = this.#isEnded ? CLOSED : this.#inspection.refusal;
    if (reason !== undefined) throw new StorageError("STORAGE_UNAVAILABLE", { reason });
  }

  /** A server that stands still closes no connection: only the time shows it. */
  #lookForSlow(): void {
    let isSlow = false;
    for (const writer of this.#lanes.writers) isSlow ||= writer.batchMs > DOUBT_MS;
    for (const pool of [this.#links, this.#staleLinks]) {
      for (const link of pool?.links ?? []) {
        const { silentMs } = link;
        isSlow ||= silentMs > DOUBT_MS;
        const isOver = silentMs > PATIENCE_MS && !this.topology.hasSlots(link.address);
        if (isOver && pool === this.#links) link.destroy("another server took over from it");
        const lateMs = link.lookForLate();
        if (lateMs > this.#options.deadlineMs) link.destroy("it did not answer in time");
      }
    }
    if (isSlow) this.doubt();
  }
}
